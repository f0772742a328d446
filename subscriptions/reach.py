"""How many people a letter at once would go to, as an editor sees it before publishing: to the last of them while they are
few, and about how many when counting them all would keep the page waiting.
"""

from functools import reduce
from operator import or_
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial.models import Publishable
from subscriptions import matching
from subscriptions.models import Subscriber, Subscription

COUNTED = 10_000  # wishes, up to which each is counted
# Beyond that, subscribers of so many stretches of keys, spread over all, stand for the others.
STRETCHES, LENGTH = 20, 500
SEEN_OFTEN = 100  # in the sample; a list seen less often is short enough to be counted
ASKED = 20  # saved searches and lists with filters, the most followed first


class Reach(NamedTuple):
    people: int
    lists: list[tuple[str, int]]  # the name of each list and how many have it, the longest first
    is_about: bool = False

    @property
    def others(self) -> int:
        return max(len(self.lists) - 1, 0)

    @property
    def told(self) -> str:
        """`12 subscribers`, `about 410,000 subscribers`."""
        words = {"n": intcomma(self.people)}
        if self.is_about:
            return _("about %(n)s subscribers") % words
        return ngettext("%(n)s subscriber", "%(n)s subscribers", self.people) % words


def reach_of(item: Publishable) -> Reach:
    """One statement while nobody follows anything; however many do, so many and of such cost at most."""
    if not matching.reachable().exists():
        return Reach(0, [])
    wishes = Subscription.objects.filter(is_active=True, target__contains="?").order_by().values("target")
    filtered = list(wishes.annotate(many=Count("pk")).order_by("-many", "target")[: ASKED + 1])
    asked = [one["target"] for one in filtered[:ASKED]]
    found = reach([*matching.plain_targets_of(item), *(one for one in asked if matching.stands_on(item, one))])
    return found._replace(is_about=found.is_about or len(filtered) > ASKED)


def reach(targets: list[str]) -> Reach:
    if not targets:
        return Reach(0, [])
    wishes = matching.reachable().filter(target__in=targets).order_by()
    if wishes[: COUNTED + 1].count() > COUNTED:
        return _estimated(wishes, targets)
    return Reach(_people(wishes), _sorted(_by_list(wishes)))


def _estimated(wishes: QuerySet[Subscription], targets: list[str]) -> Reach:
    """From the sample; lists that it has seldom are counted."""
    keys = Subscriber.objects.aggregate(first=Min("pk"), last=Max("pk"))
    step = max((keys["last"] - keys["first"] + 1) / STRETCHES, LENGTH)
    starts = [keys["first"] + round(step * number) for number in range(STRETCHES)]
    stretches = (Q(subscriber__gte=start, subscriber__lt=start + LENGTH) for start in starts)
    sample = wishes.filter(reduce(or_, stretches))
    often = {target: one for target, one in _by_list(sample).items() if one[1] >= SEEN_OFTEN}
    found = {target: (label, _rounded(many * step / LENGTH)) for target, (label, many) in often.items()}
    seldom = [target for target in targets if target not in often]
    people = _rounded(_people(sample) * step / LENGTH)
    return Reach(people, _sorted(found | _by_list(wishes.filter(target__in=seldom))), is_about=True)


def _people(wishes: QuerySet[Subscription]) -> int:
    return int(wishes.aggregate(all=Count("subscriber", distinct=True))["all"])


def _by_list(wishes: QuerySet[Subscription]) -> dict[str, tuple[str, int]]:
    """By target, the name of the list and how many have it."""
    counted = wishes.values_list("target").annotate(Max("label"), Count("pk"))
    return {target: (label, many) for target, label, many in counted}


def _sorted(found: dict[str, tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(found.values(), key=lambda one: (-one[1], one[0]))


def _rounded(number: float) -> int:
    """To two digits: a sample knows no more."""
    return int(float(f"{number:.2g}"))
