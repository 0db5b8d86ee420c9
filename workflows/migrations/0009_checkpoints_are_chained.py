from django.db import migrations, models


class Migration(migrations.Migration):
    """A checkpoint names the one before it. There is none yet in any installation: nothing made them until now."""

    dependencies = [("workflows", "0008_versions_in_use")]
    operations = [
        migrations.AddField(
            "checkpoint", "previous", models.CharField(default="", max_length=64, unique=True), preserve_default=False
        ),
        migrations.AddField(
            "checkpoint", "digest", models.CharField(default="", max_length=64, unique=True), preserve_default=False
        ),
        migrations.AlterField(
            "checkpoint",
            "heads",
            models.JSONField(help_text="Those that moved since the checkpoint before: stream -> [sequence, hash]."),
        ),
        migrations.AlterField(
            "checkpoint",
            "signature",
            models.JSONField(default=dict, help_text="Per institution: {method, value}."),
        ),
    ]
