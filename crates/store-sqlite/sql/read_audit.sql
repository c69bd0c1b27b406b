-- The audit records after a place, oldest first.
SELECT place, account_id, version, record FROM audit_record WHERE place > $1 ORDER BY place LIMIT $2
