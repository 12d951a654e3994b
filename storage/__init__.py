"""存储: what is remembered: tables, migrations, queries. The only room with SQL."""
