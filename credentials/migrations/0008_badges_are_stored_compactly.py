"""Step one of two: rows may keep template, values and proof in place of whole documents; both are read.

Step two, at leisure: `manage.py compact_badges` rewrites the rows from before.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Additive in the database: the old columns stay and become optional."""

    dependencies = [("credentials", "0007_keys_have_states_and_name_their_wrapping")]
    operations = [
        migrations.CreateModel(
            "BadgeTemplate",
            [
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("parts", models.JSONField(help_text="The texts around the places where badges differ.")),
                ("places", models.JSONField(help_text="The names of these places, in their order.")),
            ],
        ),
        migrations.AlterField("credential", "plan", models.JSONField(db_column="plan", null=True)),
        migrations.AlterField("credential", "document", models.JSONField(db_column="document", null=True)),
        migrations.RenameField("credential", "plan", "whole_plan"),
        migrations.RenameField("credential", "document", "whole_document"),
        migrations.AlterField(
            "credential",
            "whole_plan",
            models.JSONField(db_column="plan", help_text="As rows before compact storage kept it.", null=True),
        ),
        migrations.AddField(
            "credential",
            "template",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="credentials.badgetemplate",
            ),
        ),
        migrations.AddField(
            "credential",
            "slots",
            models.JSONField(help_text="Its own values, stored before it is signed.", null=True),
        ),
        migrations.AddField(
            "credential",
            "proof",
            models.JSONField(help_text="Method, moment and value of its signature.", null=True),
        ),
        migrations.AddField(
            "credential",
            "text_digest",
            models.BinaryField(help_text="SHA-256 of its text in RFC 8785 form.", max_length=32, null=True),
        ),
        migrations.AddConstraint(
            "credential",
            models.CheckConstraint(
                condition=models.Q(("template__isnull", False), ("whole_plan__isnull", False), _connector="OR"),
                name="a_badge_is_planned_first",
            ),
        ),
    ]
