"""How lists fare, month by month: who follows them, what was sent, what came back, who left. Figures alone, of nobody."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.formats import date_format

from mail.models import Outgoing
from subscriptions import bounces
from subscriptions.models import Bounce, ConsentRecord, Delivery, Subscription, Tally

MONTHS = 12
MOST_LISTS = 60
Step, Kind = ConsentRecord.Step, Bounce.Kind


@dataclass(frozen=True)
class Line:
    """A month of one list, or a list over all months. A reader of three lists counts three times."""

    label: str
    followers: int
    joined: int
    left: int
    sent: int
    bounced: int
    complaints: int
    target: str = ""

    @property
    def percent(self) -> str:
        return f"{100 * self.complaints / self.sent:.2f}" if self.sent else "0.00"

    @property
    def is_alarming(self) -> bool:
        return self.sent > 0 and self.complaints / self.sent >= bounces.WARN


def months_of(target: str = "") -> list[Line]:
    """The last twelve months, the present one last; of one list, or of all."""
    firsts = list(_firsts())
    by_month = _counted(target, firsts[0], by="month")
    followers = _active(target)
    found = []
    for first in reversed(firsts):
        got = by_month.get(first.date(), Counter())
        found.append(_line(date_format(first, "M Y"), max(followers, 0), got))
        followers += got["left"] - got["joined"]
    return found[::-1]


def by_list() -> list[Line]:
    """The lists with the most readers over the last twelve months."""
    wishes = Subscription.objects.filter(is_active=True).order_by().values_list("target")
    longest = wishes.annotate(many=Count("pk"), label=Max("label")).order_by("-many", "target")[:MOST_LISTS]
    counted = _counted("", next(_firsts()), by="target")
    return [_line(label, many, counted.get(target, Counter()), target) for target, many, label in longest]


def _line(label: str, followers: int, got: Counter[str], target: str = "") -> Line:
    return Line(
        label, followers, got["joined"], got["left"], got["sent"], got["bounced"], got["complaints"], target
    )  # fmt: skip


def _firsts() -> Iterator[datetime]:
    """The first moment of each month, the earliest first."""
    today = timezone.localdate()
    for back in range(MONTHS - 1, -1, -1):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield timezone.make_aware(datetime(year, month + 1, 1))  # noqa: DTZ001 -- made aware here


def _active(target: str) -> int:
    rows = Subscription.objects.filter(is_active=True)
    return (rows.filter(target=target) if target else rows).count()


def _counted(target: str, since: datetime, by: str) -> dict[Any, Counter[str]]:
    """By month (its first day) or by list. Four statements, and one for what is left of old mailings."""
    found: dict[Any, Counter[str]] = {}

    def add(rows: QuerySet[Any], name: str, moment: str, list_name: str) -> None:
        rows = rows.filter(**{f"{moment}__gte": since}, **({list_name: target} if target else {})).order_by()
        key = TruncMonth(moment) if by == "month" else list_name
        counted = rows.annotate(key=key).values_list("key") if by == "month" else rows.values_list(list_name)
        for place, count in counted.annotate(Count("pk")):
            found.setdefault(_day(place), Counter())[name] += count

    consents = ConsentRecord.objects
    add(consents.filter(step=Step.CONFIRMED), "joined", "at", "purpose")
    add(consents.filter(step=Step.WITHDRAWN), "left", "at", "purpose")
    add(Delivery.objects.filter(state=Outgoing.State.SENT), "sent", "sent_at", "target")
    add(Bounce.objects.exclude(kind=Kind.COMPLAINT), "bounced", "at", "delivery__target")
    add(Bounce.objects.filter(kind=Kind.COMPLAINT), "complaints", "at", "delivery__target")
    old = Tally.objects.filter(
        notification__announced_at__gte=since, **({"target": target} if target else {})
    ).order_by()
    key = TruncMonth("notification__announced_at")
    rows = old.annotate(month=key).values_list("month") if by == "month" else old.values_list("target")
    for place, sent, hard, soft, complaints in rows.annotate(Sum("sent"), Sum("hard"), Sum("soft"), Sum("complaint")):
        got = found.setdefault(_day(place), Counter())
        got.update({"sent": sent, "bounced": hard + soft, "complaints": complaints})
    return found


def _day(place: Any) -> date | str:
    return timezone.localtime(place).date() if isinstance(place, datetime) else str(place)
