"""Memory: migrations, views, checks and queries as .sql files, a thin store, the landing, publishing."""
