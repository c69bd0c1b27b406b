-- All records of an account, in byte order.
SELECT kind, key, body FROM record WHERE account_id = $1 ORDER BY kind, key
