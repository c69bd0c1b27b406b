-- Takes a name that nobody else holds.
INSERT INTO directory (kind, name, account_id) VALUES ($1, $2, $3)
ON CONFLICT (kind, name) DO NOTHING
