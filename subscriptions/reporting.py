"""What became of each mailing, in figures that add up: every one addressed is sent, refused, in doubt, no longer wanted or
still to come.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count

from mail.models import Outgoing
from subscriptions import bounces
from subscriptions.models import Bounce, ConsentRecord, Delivery, Notification, Subscription, Tally

State = Outgoing.State
TO_COME = (State.DUE, State.HANDING)
# The columns of a tally, by the names of states and kinds of bounces.
KEPT = ("sent", "failed", "uncertain", "skipped", "hard", "soft", "complaint", "left")


@dataclass(frozen=True)
class Figures:
    addressed: int = 0
    to_come: int = 0
    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    skipped: int = 0
    bounced: int = 0
    complaints: int = 0
    left: int = 0

    @property
    def rate(self) -> float:
        return self.complaints / self.sent if self.sent else 0.0

    @property
    def percent(self) -> str:
        return f"{100 * self.rate:.2f}"

    @property
    def is_alarming(self) -> bool:
        return self.rate >= bounces.WARN


def figures_of(held: list[Notification]) -> dict[int, Figures]:
    """Of several mailings, in three statements."""
    keys = [one.pk for one in held]
    counted: dict[int, Counter[str]] = {key: Counter() for key in keys}
    rows = Delivery.objects.filter(notification__in=keys).order_by().values_list("notification", "state")
    for key, state, count in rows.annotate(Count("pk")):
        counted[key][state] += count
    back = (
        Bounce.objects.filter(delivery__notification__in=keys).order_by().values_list("delivery__notification", "kind")
    )
    for key, kind, count in back.annotate(Count("pk")):
        counted[key][kind] += count
    for one in Tally.objects.filter(notification__in=keys):
        counted[one.notification_id].update({name: getattr(one, name) for name in KEPT})
    return {key: _figures(by) for key, by in counted.items()}


def by_list(held: Notification) -> list[tuple[str, Figures]]:
    """Of one mailing by the list that was the reason, the longest first."""
    found = by_target(held)
    labels = dict(Subscription.objects.filter(target__in=list(found)).order_by("-pk").values_list("target", "label"))
    named = [(labels.get(target, target), _figures(by)) for target, by in found.items()]
    return sorted(named, key=lambda one: (-one[1].addressed, one[0]))


def by_target(held: Notification) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    rows = held.deliveries.order_by().values_list("target", "state").annotate(Count("pk"))
    for target, state, count in rows:
        found[target][state] += count
    back = Bounce.objects.filter(delivery__notification=held).order_by().values_list("delivery__target", "kind")
    for target, kind, count in back.annotate(Count("pk")):
        found[target][kind] += count
    gone = ConsentRecord.objects.filter(
        step=ConsentRecord.Step.WITHDRAWN, purpose__in=list(found), at__gte=held.created_at,
        subscriber__deliveries__notification=held,
    )  # fmt: skip
    for target, count in gone.order_by().values_list("purpose").annotate(Count("subscriber", distinct=True)):
        found[target]["left"] += count
    for one in held.tallies.all():
        found[one.target].update({name: getattr(one, name) for name in KEPT})
    return dict(found)


def kept(figures: Counter[str]) -> dict[str, int]:
    """Of the figures of a mailing that has ended, what a tally holds."""
    return {name: figures[name] for name in KEPT}


def _figures(by: Counter[str]) -> Figures:
    kinds = Bounce.Kind
    return Figures(
        addressed=sum(count for name, count in by.items() if name in State.values),
        to_come=sum(by[state] for state in TO_COME),
        sent=by[State.SENT],
        failed=by[State.FAILED],
        uncertain=by[State.UNCERTAIN],
        skipped=by[State.SKIPPED],
        bounced=by[kinds.HARD] + by[kinds.SOFT],
        complaints=by[kinds.COMPLAINT],
        left=by["left"],
    )
