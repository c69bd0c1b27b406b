-- The layout of the tables.
SELECT version FROM schema_version
