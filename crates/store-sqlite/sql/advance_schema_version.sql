-- Notes the layout that tables were brought to.
UPDATE schema_version SET version = $1
