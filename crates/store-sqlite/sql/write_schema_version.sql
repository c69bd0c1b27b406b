-- Notes the layout of new tables.
INSERT INTO schema_version (version) VALUES ($1)
