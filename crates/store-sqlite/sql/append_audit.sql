-- Keeps an audit record of a change, after all the others.
INSERT INTO audit_record (account_id, version, at, record) VALUES ($1, $2, $3, $4)
