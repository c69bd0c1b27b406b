-- The version an account stands at, and the one that its records stand at.
SELECT version, applied FROM account WHERE account_id = $1
