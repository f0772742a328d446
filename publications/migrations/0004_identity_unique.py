from uuid import uuid4

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publications", "0003_identity_filled")]

    operations = [
        migrations.AlterField("publication", "uuid", models.UUIDField(default=uuid4, editable=False, unique=True)),
        # Feeds: what became public last, and what readers were last told of.
        migrations.AddIndex(
            "publication",
            models.Index(fields=["state", "-publish_at", "-id"], name="publication_by_appearance"),
        ),
        migrations.AddIndex("publication", models.Index(fields=["changed_at"], name="publication_by_change")),
    ]
