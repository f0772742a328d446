from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("editorial", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CallerCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=60)),
                ("caller", models.CharField(blank=True, max_length=32)),
                ("began_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("purpose", "caller", "began_at"), name="one_count_of_a_caller")
                ],
            },
        ),
    ]
