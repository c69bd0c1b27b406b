-- The places and times of the oldest audit records but for the newest of all.
SELECT place, at FROM audit_record
WHERE place < (SELECT max(place) FROM audit_record) ORDER BY place LIMIT $1
