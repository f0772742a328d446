from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publications", "0001_initial")]

    operations = [
        migrations.AddField("publication", "uuid", models.UUIDField(null=True, editable=False)),
        migrations.AddField(
            "publication",
            "changed_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last notable change"),
        ),
    ]
