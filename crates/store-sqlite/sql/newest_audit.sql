-- The place of the newest audit record.
SELECT coalesce(max(place), 0) FROM audit_record
