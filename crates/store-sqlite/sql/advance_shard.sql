-- Takes the next position of a shard.
UPDATE shard_head SET position = position + 1 WHERE shard = $1 RETURNING position
