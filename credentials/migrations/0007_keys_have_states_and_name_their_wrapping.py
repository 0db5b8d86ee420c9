"""A key can be prepared before it signs, says since when it is compromised, and names what wrapped it."""

from django.db import migrations, models
from django.utils import timezone


def date_the_compromised(apps, _editor) -> None:
    """Keys that were marked by hand before there was a date are dated from now."""
    keys = apps.get_model("credentials", "SigningKey")
    keys.objects.filter(status="compromised").update(compromised_since=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0006_status_lists_count_what_was_taken'),
        ('people', '0002_outgoing_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='signingkey',
            name='compromised_since',
            field=models.DateTimeField(blank=True, help_text='Others may have signed from then on.', null=True),
        ),
        migrations.AddField(
            model_name='signingkey',
            name='wrapped_with',
            field=models.CharField(default='', help_text='The name of the wrapping key.', max_length=120),
        ),
        migrations.AlterField(
            model_name='signingkey',
            name='status',
            field=models.CharField(choices=[('prepared', 'prepared'), ('active', 'active'), ('retired', 'retired'), ('compromised', 'compromised')], default='active', max_length=20),
        ),
        migrations.RunPython(date_the_compromised, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='signingkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('compromised_since__isnull', False), ('status', 'compromised')), models.Q(models.Q(('status', 'compromised'), _negated=True), ('compromised_since__isnull', True)), _connector='OR'), name='a_compromised_key_says_since_when'),
        ),
    ]
