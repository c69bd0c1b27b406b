-- How far each shard's log reaches.
SELECT shard, position FROM shard_head ORDER BY shard
