"""Daily and weekly letters: what was announced since the last one, each item once, and no letter where there is none.

The occasion of a digest is its hour in Singapore. It is made when that hour has come, addressed in bounded batches as a
single announcement is, and sent over the minutes that follow. An hour that nobody served for long is left out: what it
would have held is in the next.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Event
from subscriptions import matching
from subscriptions.models import Delivery, Notification, Subscriber, Subscription

BATCH = 1_000
# How far back a digest looks for somebody who never had one, and at most.
SPANS = {Subscription.Frequency.DAILY: timedelta(days=2), Subscription.Frequency.WEEKLY: timedelta(days=8)}
# What is new in one, as its public copy shows it.
NEW_FOR = {Subscription.Frequency.DAILY: timedelta(days=1), Subscription.Frequency.WEEKLY: timedelta(days=7)}
# What was being announced while the last digest was addressed is looked at again; nobody gets it twice.
OVERLAP = timedelta(minutes=10)
LATEST = timedelta(hours=2)
SPREAD_MINUTES = 15
MONDAY = 0
MOST_ITEMS = 60
State = Notification.State
Frequency = Subscription.Frequency


def begin_due() -> int:
    """A notification for each hour of digests that has come, within the last two, and that somebody awaits."""
    made = 0
    for hours_ago in range(int(LATEST.total_seconds() // 3600)):
        hour = timezone.localtime(timezone.now() - timedelta(hours=hours_ago)).replace(
            minute=0, second=0, microsecond=0
        )
        for frequency in _frequencies_of(hour):
            made += _begin(frequency, hour)
    return made


def _frequencies_of(hour: datetime) -> list[Frequency]:
    return [Frequency.DAILY, Frequency.WEEKLY] if hour.weekday() == MONDAY else [Frequency.DAILY]


def _begin(frequency: Frequency, hour: datetime) -> int:
    name = f"{frequency} {hour:%Y-%m-%d %H}"
    if Notification.objects.filter(occasion=name).exists():
        return 0
    awaited = matching.reachable(at_once=False).filter(frequency=frequency, subscriber__digest_hour=hour.hour)
    if not awaited.exists():
        return 0
    words = _("New from RSIS this week") if frequency == Frequency.WEEKLY else _("New from RSIS today")
    row = Notification(
        occasion=name, subject=words, state=State.EXPANDING, due_at=hour, announced_at=timezone.now(), targets=[]
    )
    return len(Notification.objects.bulk_create([row], ignore_conflicts=True))


def address(held: Notification, start: int, upto: int) -> int:
    """Deliveries to those with keys above `start` and up to `upto` for whom there is something new."""
    frequency = Frequency(held.occasion.partition(" ")[0])
    hour = int(held.occasion[-2:])
    wishes = matching.reachable(at_once=False).filter(
        frequency=frequency, subscriber__digest_hour=hour, subscriber__gt=start, subscriber__lte=upto
    )
    by_person: dict[int, list[Subscription]] = {}
    for wish in wishes.select_related("subscriber").order_by("subscriber", "pk"):
        by_person.setdefault(wish.subscriber_id, []).append(wish)
    if not by_person:
        return 0
    now = held.announced_at or timezone.now()
    items = items_between(now - SPANS[frequency], now)
    had = _had(by_person, items)
    rows = [
        row
        for key, theirs in by_person.items()
        if (row := _delivery(held, theirs, items, had.get(key, set()), frequency))
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    Subscription.objects.filter(pk__in=[one.pk for theirs in by_person.values() for one in theirs]).update(sent_to=now)
    return len(rows)


def items_between(since: datetime, until: datetime) -> list[Notification]:
    """Single announcements of that time, the latest first; not those that were stopped, nor of events that were over then."""
    gone_out = Notification.objects.filter(occasion="", announced_at__gt=since, announced_at__lte=until)
    over = Event.objects.filter(ends_at__lte=until)
    kind = ContentType.objects.get_for_model(Event)
    told = gone_out.exclude(state=State.STOPPED).exclude(content_type=kind, object_id__in=over.values("pk"))
    return list(told.order_by("-announced_at", "-pk"))


def _had(people: Iterable[int], items: list[Notification]) -> dict[int, set[int]]:
    """The items that each has been sent already, at once or in another digest."""
    if not items:
        return {}
    earliest = min(one.announced_at for one in items if one.announced_at)
    keys = {one.pk for one in items}
    sent = Delivery.objects.filter(
        Q(notification__in=keys) | Q(items__isnull=False, created_at__gte=earliest), subscriber__in=people
    )
    found: dict[int, set[int]] = {}
    for person, key, several in sent.values_list("subscriber", "notification", "items"):
        found.setdefault(person, set()).update(several or [key])
    return found


def _delivery(
    held: Notification, wishes: list[Subscription], items: list[Notification], had: set[int], frequency: Frequency
) -> Delivery | None:
    person: Subscriber = wishes[0].subscriber
    latest = held.announced_at or timezone.now()
    chosen: dict[int, str] = {}
    for one in items:
        for wish in wishes:
            since = max(wish.created_at, (wish.sent_to or latest - SPANS[frequency]) - OVERLAP)
            if one.pk not in had and one.announced_at and one.announced_at > since and wish.target in one.targets:
                chosen.setdefault(one.pk, wish.target)
    if not chosen:
        return None
    return Delivery(
        notification=held,
        subscriber=person,
        target=next(iter(chosen.values())),
        domain=person.key.rpartition("@")[2],
        items=list(chosen)[:MOST_ITEMS],
        due_at=timezone.now() + timedelta(seconds=person.pk * 7 % (SPREAD_MINUTES * 60)),
    )
