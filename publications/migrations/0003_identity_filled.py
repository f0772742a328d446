from datetime import datetime, time
from itertools import batched
from typing import Any
from uuid import uuid4

from django.db import migrations
from django.db.models import F, Max
from django.utils import timezone

CHUNK = 2000


def name_every_piece(apps: Any, editor: Any) -> None:
    Publication = apps.get_model("publications", "Publication")
    keys = list(Publication.objects.filter(uuid=None).values_list("pk", flat=True))
    for chunk in batched(keys, CHUNK, strict=False):
        Publication.objects.bulk_update([Publication(pk=key, uuid=uuid4()) for key in chunk], ["uuid"], batch_size=300)


def date_every_change(apps: Any, editor: Any) -> None:
    """From what is on record: the day of the last notice, or the moment of the withdrawal."""
    Publication = apps.get_model("publications", "Publication")
    Notice = apps.get_model("publications", "Notice")
    zone = timezone.get_default_timezone()
    for key, day in Notice.objects.order_by().values_list("publication").annotate(last=Max("on")):
        Publication.objects.filter(pk=key).update(changed_at=datetime.combine(day, time.min, zone))
    Publication.objects.exclude(withdrawn_at=None).update(changed_at=F("withdrawn_at"))


class Migration(migrations.Migration):
    dependencies = [("publications", "0002_identity_added")]

    operations = [
        migrations.RunPython(name_every_piece, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(date_every_change, migrations.RunPython.noop, elidable=True),
    ]
