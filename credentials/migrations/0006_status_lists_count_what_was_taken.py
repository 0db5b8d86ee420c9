"""Lists know how many of their indices were taken, and can be ended; what a publication reads has its own indices."""

from django.db import migrations, models

COUNT = """
UPDATE credentials_statuslist AS list SET taken = counted.rows
FROM (SELECT status_list_id, count(*) AS rows FROM credentials_statusentry GROUP BY status_list_id) AS counted
WHERE counted.status_list_id = list.id
"""


class Migration(migrations.Migration):
    """Additive; older code leaves `taken` behind, which only begins a new list later than half full."""

    dependencies = [("credentials", "0005_status_lists_count_their_changes")]
    operations = [
        migrations.AddField(
            "statuslist",
            "taken",
            models.PositiveIntegerField(
                default=0, db_default=0, help_text="How many of its indices were ever taken."
            ),
        ),
        migrations.AddField(
            "statuslist",
            "ended_at",
            models.DateTimeField(blank=True, help_text="Since then no index is taken from it.", null=True),
        ),
        migrations.AddIndex(
            "statusentry",
            models.Index(
                condition=models.Q(("revoked", True)), fields=["status_list", "index"], name="statusentry_revoked"
            ),
        ),
        migrations.AddIndex(
            "credential",
            models.Index(condition=models.Q(("status", "suspended")), fields=["entry"], name="credential_suspended"),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
