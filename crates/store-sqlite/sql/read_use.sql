-- When something was last used.
SELECT at, detail FROM last_use WHERE account_id = $1 AND subject = $2
