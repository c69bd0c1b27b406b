-- The accounts whose records are behind their log, and the version that their records stand at.
SELECT account_id, applied, version FROM account WHERE applied < version ORDER BY account_id
