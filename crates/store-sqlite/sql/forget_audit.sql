-- Forgets the audit records up to a place.
DELETE FROM audit_record WHERE place <= $1
