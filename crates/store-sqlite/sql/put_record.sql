-- Puts a record, new or in place of the former one.
INSERT INTO record (account_id, kind, key, body) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, kind, key) DO UPDATE SET body = excluded.body
