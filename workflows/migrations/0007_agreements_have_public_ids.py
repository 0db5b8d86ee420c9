"""Agreements get a public id: first empty, then filled row by row, then unique."""

import uuid

from django.db import migrations, models


def fill(apps, schema_editor):
    for agreement in apps.get_model("workflows", "Agreement").objects.filter(public_id=None):
        agreement.public_id = uuid.uuid4()
        agreement.save(update_fields=["public_id"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("workflows", "0006_evidence_per_item_and_consent")]
    operations = [
        migrations.AddField("agreement", "public_id", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "agreement", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
    ]
