-- Notes the version that an account's records stand at.
UPDATE account SET applied = $1 WHERE account_id = $2
