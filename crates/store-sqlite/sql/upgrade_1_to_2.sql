-- What layout 2 has and layout 1 has not; as in `schema.sql`.

-- The audit records of changes, in the order in which they were kept; they stay when `log` is cut back.
-- No other index: each would cost every change another page. `at` counts seconds since 1970.
CREATE TABLE audit_record (
    place INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;
