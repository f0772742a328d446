"""Invented subscribers, as many as wanted: of the plain list, of series, topics and searches, at every pace."""

from datetime import timedelta
from itertools import islice

from django.utils import timezone

from publications.models import Series
from research.models import Topic
from subscriptions import lists
from subscriptions.models import Subscriber, Subscription

BATCH = 5_000
# Of a hundred: most want it at once, some each day or week.
PACES = (*["once"] * 80, *["daily"] * 12, *["weekly"] * 8)
HOSTS = (*["mail.example"] * 5, *["post.example"] * 3, "school.example", "ministry.example")


def add_subscribers(wanted: int) -> int:
    """Until there are so many. They write to nobody: the hosts end in .example."""
    now = timezone.now() - timedelta(days=40)
    start, made = Subscriber.objects.count(), 0
    further = _further_lists()
    numbers = iter(range(start, wanted))
    while batch := list(islice(numbers, BATCH)):
        rows = [
            Subscriber(email=address, key=address, state="confirmed", confirmed_at=now, created_at=now)
            for number in batch
            if (address := f"reader{number}@{HOSTS[number % len(HOSTS)]}")
        ]
        saved = Subscriber.objects.bulk_create(rows)
        Subscription.objects.bulk_create(
            (
                Subscription(
                    subscriber=one,
                    target=target,
                    label=label,
                    frequency=PACES[number % 100],
                    is_active=True,
                    created_at=now,
                )
                for number, one in zip(batch, saved, strict=True)
                for target, label in _chosen(number, further)
            ),
            batch_size=BATCH,
        )
        made += len(saved)
    return made


def _further_lists() -> list[tuple[str, str]]:
    found = [(one.get_absolute_url(), one.name) for one in Series.objects.filter(family=Series.Family.INHOUSE)]
    found += [(one.get_absolute_url(), one.name) for one in Topic.objects.all()]
    return [*found, ("/search/?q=maritime", "Search: maritime")]


def _chosen(number: int, further: list[tuple[str, str]]) -> list[tuple[str, str]]:
    plain = (lists.PUBLICATIONS, str(lists.PLAIN[lists.PUBLICATIONS]))
    return [plain, further[number // 5 % len(further)]] if number % 5 == 0 else [plain]
