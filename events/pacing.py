"""How often registrations may come in: from one network, for one address, and from everybody together."""

from datetime import timedelta

from django.core.cache import cache
from django.db.models.functions import Lower
from django.utils import timezone

from events.models import Registration

PAUSE = 600  # seconds
# A campus is one network, and a lecture opens for all of it at one moment.
MOST_FROM_ONE = 60
MOST_OF_ADDRESS_A_DAY = 10  # events; who is written to by so many did not fill these forms in
MOST_AN_HOUR = 3000


def pause_before_next(caller: str) -> int:
    """Count a registration from this caller; the seconds to wait, 0 when it may come in. By process, as the cache is."""
    key = f"registrations:{caller}"
    cache.add(key, 0, PAUSE)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out in between
        count = 1
    hour_ago = timezone.now() - timedelta(hours=1)
    came = Registration.objects.filter(source=Registration.Source.FORM, registered_at__gte=hour_ago)
    return PAUSE if count > MOST_FROM_ONE or came[:MOST_AN_HOUR].count() >= MOST_AN_HOUR else 0


def is_bombed(email: str) -> bool:
    """Whether so many registrations were made with an address today that its owner wants no more letters."""
    day_ago = timezone.now() - timedelta(days=1)
    rows = Registration.objects.alias(plain=Lower("email")).filter(plain=email.lower(), registered_at__gte=day_ago)
    return int(rows.count()) >= MOST_OF_ADDRESS_A_DAY
