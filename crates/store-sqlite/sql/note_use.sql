-- Notes when something was last used, unless a newer note is there.
INSERT INTO last_use (account_id, subject, at, detail) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, subject) DO UPDATE SET at = excluded.at, detail = excluded.detail
WHERE last_use.at <= excluded.at
