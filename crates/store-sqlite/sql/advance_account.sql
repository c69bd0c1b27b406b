-- Moves an account on to its new version, at its new position in its shard's log.
INSERT INTO account (account_id, version, applied, shard, position) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id) DO UPDATE
SET version = excluded.version, applied = excluded.applied, position = excluded.position
