"""The only package that speaks SQL: migrations, queries and the ports through one client."""
