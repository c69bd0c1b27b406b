-- The version an account stands at.
SELECT version FROM account WHERE account_id = $1
