-- Gives back a name, if the account holds it.
DELETE FROM directory WHERE kind = $1 AND name = $2 AND account_id = $3
