-- What an account's log holds after a version, oldest first.
SELECT version, writes FROM log WHERE account_id = $1 AND version > $2 ORDER BY version
