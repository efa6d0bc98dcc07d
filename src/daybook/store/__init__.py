"""All SQL, the schema and its migrations, on SQLite and PostgreSQL. The only room that knows a database driver."""
