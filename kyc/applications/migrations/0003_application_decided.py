from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0002_round_submission_key"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["approved", "declined", "resubmission_requested"])
                ),
                fields=["-since", "-id"],
                name="application_decided",
            ),
        ),
    ]
