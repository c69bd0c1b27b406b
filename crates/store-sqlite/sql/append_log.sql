-- Appends a change to its account's log.
INSERT INTO log (account_id, version, entry_id, at, writes) VALUES ($1, $2, $3, $4, $5)
