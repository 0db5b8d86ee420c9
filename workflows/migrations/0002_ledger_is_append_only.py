"""The database itself refuses to rewrite the ledger, a decision or a snapshot (`promises.md` 10)."""

from django.db import migrations

TABLES = ["workflows_ledgerevent", "workflows_decision", "workflows_snapshot", "workflows_checkpoint"]

FUNCTION = """
CREATE OR REPLACE FUNCTION imprimatur_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
GUARDS = "".join(
    f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION imprimatur_append_only();"
    f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION imprimatur_append_only();"
    for table in TABLES
)
UNDO = "".join(
    f"DROP TRIGGER {table}_rows ON {table}; DROP TRIGGER {table}_all ON {table};" for table in TABLES
)


class Migration(migrations.Migration):
    """Guards by trigger; a migration that must touch a guarded table drops and makes them again, in the open."""

    dependencies = [("workflows", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION imprimatur_append_only();"),
        migrations.RunSQL(GUARDS, UNDO),
    ]
