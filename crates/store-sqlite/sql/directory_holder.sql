-- The account that holds a name.
SELECT account_id FROM directory WHERE kind = $1 AND name = $2
