-- The accounts of a shard that changed after a position.
SELECT position, account_id, version FROM account
WHERE shard = $1 AND position > $2 ORDER BY position LIMIT $3
