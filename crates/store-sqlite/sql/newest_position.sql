-- How far a shard's log reaches.
SELECT coalesce(max(position), 0) FROM account WHERE shard = $1
