-- Begins the log of a shard.
INSERT INTO shard_head (shard, position) VALUES ($1, 0)
