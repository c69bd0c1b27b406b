-- The changes of an account after a version, oldest first.
SELECT version, entry_id, at, writes FROM log
WHERE account_id = $1 AND version > $2 ORDER BY version
