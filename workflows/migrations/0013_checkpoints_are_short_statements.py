from django.db import migrations, models


class Migration(migrations.Migration):
    """A checkpoint states its heads by digest, so that it is short outside; those made before keep their own form."""

    dependencies = [("workflows", "0012_cohorts_are_worked_off")]
    operations = [
        migrations.AddField(
            "checkpoint",
            "form",
            models.PositiveSmallIntegerField(
                default=1, help_text="1: the heads themselves are signed; 2: their digest and number."
            ),
        ),
        migrations.AddField(
            "checkpoint",
            "streams",
            models.PositiveIntegerField(default=0, help_text="How many streams the root covers; from form 2 on."),
        ),
    ]
