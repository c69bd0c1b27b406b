-- Deletes a record, if it is there.
DELETE FROM record WHERE account_id = $1 AND kind = $2 AND key = $3
