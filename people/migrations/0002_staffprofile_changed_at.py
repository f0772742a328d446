from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            "staffprofile",
            "changed_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last notable change"),
        ),
    ]
