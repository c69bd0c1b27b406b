-- Uses up a key, unless it is used up already and that is still remembered: no row changes then.
INSERT INTO used_once (account_id, kind, key, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, kind, key) DO UPDATE SET until = excluded.until
WHERE used_once.until <= $5
