-- The names of a kind after a name, in byte order. No name is the empty text.
SELECT name, account_id FROM directory
WHERE kind = $1 AND name > $2 ORDER BY name LIMIT $3
