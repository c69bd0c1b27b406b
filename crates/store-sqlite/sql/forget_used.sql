-- Forgets what an account used up and need not remember any longer.
DELETE FROM used_once WHERE account_id = $1 AND until <= $2
