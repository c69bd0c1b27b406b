-- Drops the changes of an account that are older than its retention.
DELETE FROM log WHERE account_id = $1 AND version <= $2
