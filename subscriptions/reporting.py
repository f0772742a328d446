"""What became of each mailing, in figures that add up: every one addressed is sent, refused, in doubt, no longer wanted or
still to come.
"""

from dataclasses import dataclass

from django.db.models import Count

from mail.models import Outgoing
from subscriptions import bounces
from subscriptions.models import Bounce, ConsentRecord, Delivery, Notification, Subscription

State = Outgoing.State
TO_COME = (State.DUE, State.CLAIMED, State.HANDING)


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
    """Of several mailings, in two statements."""
    keys = [one.pk for one in held]
    counted: dict[int, dict[str, int]] = {key: {} for key in keys}
    rows = Delivery.objects.filter(notification__in=keys).order_by().values_list("notification", "state")
    for key, state, count in rows.annotate(Count("pk")):
        counted[key][state] = count
    back = (
        Bounce.objects.filter(delivery__notification__in=keys).order_by().values_list("delivery__notification", "kind")
    )
    for key, kind, count in back.annotate(Count("pk")):
        counted[key][kind] = count
    return {key: _figures(by) for key, by in counted.items()}


def by_list(held: Notification) -> list[tuple[str, Figures]]:
    """Of one mailing by the list that was the reason, the longest first."""
    found: dict[str, dict[str, int]] = {}
    rows = held.deliveries.order_by().values_list("target", "state").annotate(Count("pk"))
    for target, state, count in rows:
        found.setdefault(target, {})[state] = count
    back = Bounce.objects.filter(delivery__notification=held).order_by().values_list("delivery__target", "kind")
    for target, kind, count in back.annotate(Count("pk")):
        found.setdefault(target, {})[kind] = count
    gone = ConsentRecord.objects.filter(
        step=ConsentRecord.Step.WITHDRAWN, purpose__in=list(found), at__gte=held.created_at,
        subscriber__deliveries__notification=held,
    )  # fmt: skip
    for target, count in gone.order_by().values_list("purpose").annotate(Count("subscriber", distinct=True)):
        found[target]["left"] = count
    labels = dict(Subscription.objects.filter(target__in=list(found)).order_by("-pk").values_list("target", "label"))
    named = [(labels.get(target, target), _figures(by)) for target, by in found.items()]
    return sorted(named, key=lambda one: (-one[1].addressed, one[0]))


def _figures(by: dict[str, int]) -> Figures:
    kinds = Bounce.Kind
    return Figures(
        addressed=sum(count for name, count in by.items() if name in State.values),
        to_come=sum(by.get(state, 0) for state in TO_COME),
        sent=by.get(State.SENT, 0),
        failed=by.get(State.FAILED, 0),
        uncertain=by.get(State.UNCERTAIN, 0),
        skipped=by.get(State.SKIPPED, 0),
        bounced=by.get(kinds.HARD, 0) + by.get(kinds.SOFT, 0),
        complaints=by.get(kinds.COMPLAINT, 0),
        left=by.get("left", 0),
    )
