-- A row if a key was used up and that is still remembered.
SELECT 1 FROM used_once WHERE account_id = $1 AND kind = $2 AND key = $3
