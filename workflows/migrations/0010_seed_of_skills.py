from django.db import migrations

from workflows import esco


def bring(apps, _schema_editor):
    """A data migration and no command: every installation has the seed right after `migrate`, and once only."""
    skill = apps.get_model("workflows", "Skill")
    known = set(skill.objects.values_list("uri", flat=True))
    skill.objects.bulk_create(
        skill(
            uri=row.uri,
            label_en=row.label_en,
            label_fr=row.label_fr,
            alt_en=list(row.alt_en),
            skill_type=row.skill_type,
            reuse_level=row.reuse_level,
            edition=esco.SEED_EDITION,
        )
        for row in esco.read(esco.SEED)
        if row.uri not in known
    )


class Migration(migrations.Migration):
    """Skills whose labels were read in both languages: those of the samples, and common ones of the pilots' fields."""

    dependencies = [("workflows", "0009_checkpoints_are_chained")]
    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
