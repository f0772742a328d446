"""Which lists a piece or an event belongs to, by their targets (subscriptions.lists), and whose wishes a letter may answer."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from editorial.models import Publishable
from events.models import Event
from people.models import Appointment, Person
from publications.models import Publication, Series
from research.models import ResearchCentre, Term
from subscriptions import lists
from subscriptions.models import Subscriber, Subscription, Suppression


def targets_of(item: Publishable) -> list[str]:
    """Every list that the item stands on, or would stand on once it is public: the plain ones, then those with filters."""
    return [*plain_targets_of(item), *filtered_targets_of(item)]


def plain_targets_of(item: Any) -> list[str]:
    return _of_event(item) if isinstance(item, Event) else _of_piece(item)


def _of_event(event: Event) -> list[str]:
    people = Person.objects.filter(speaking__event=event, has_page=True).order_by("speaking__position", "speaking__pk")
    found = [one.get_absolute_url() for one in people]
    for terms in (event.topics.all(), event.regions.all()):
        found += [term.get_absolute_url() for term in _with_above(terms)]
    found += [one.get_absolute_url() for one in _up(_units(), event.centres.values_list("pk", flat=True))]
    return list(dict.fromkeys([*found, lists.EVENTS]))


def _of_piece(piece: Publication) -> list[str]:
    """The narrowest first: what somebody chose most particularly is what their letter names as its reason."""
    found = [one.get_absolute_url() for one in _authors(piece)]
    found += [reverse("tag", args=[tag.slug]) for tag in piece.tags.all()]
    for terms in (piece.topics.all(), piece.regions.all()):
        found += [term.get_absolute_url() for term in _with_above(terms)]
    units = _units()
    found += [one.get_absolute_url() for one in _up(units, piece.centres.values_list("pk", flat=True))]
    if piece.series.family == Series.Family.EXTERNAL:
        found += [reverse("centre-staff-publications", args=[one.slug]) for one in _up(units, _posts_on_the_day(piece))]
    found += [piece.series.get_absolute_url(), *FAMILY_TARGETS[Series.Family(piece.series.family)]()]
    return list(dict.fromkeys([*found, reverse("archive")]))


FAMILY_TARGETS = {
    Series.Family.INHOUSE: lambda: [lists.PUBLICATIONS],
    Series.Family.EXTERNAL: lambda: [reverse("external")],
    Series.Family.MEDIA: lambda: [reverse("media")],
}


def filtered_targets_of(item: Publishable) -> list[str]:
    """Saved searches and lists with filters that somebody follows: each is asked once about this item."""
    asked = Subscription.objects.filter(is_active=True, target__contains="?").order_by("target")
    return [target for target in asked.values_list("target", flat=True).distinct() if stands_on(item, target)]


def stands_on(item: Publishable, target: str) -> bool:
    followed = lists.read(target)
    return followed is not None and followed.holds(item)


def _authors(piece: Publication) -> list[Any]:
    signed = piece.authorships.select_related("person").order_by("position", "pk")
    return [one.person for one in signed if one.person.has_page]


def _with_above(terms: Iterable[Term]) -> list[Term]:
    """Each with all above it, as the list of a term holds what stands below it. One statement for each term."""
    found: dict[Any, Term] = {}
    for term in terms:
        for one in reversed(list(term.ancestors(include_self=True))):
            found.setdefault(one.pk, one)
    return list(found.values())


def _units() -> dict[int, ResearchCentre]:
    return {one.pk: one for one in ResearchCentre.objects.only("slug", "parent_id")}


def _up(units: dict[int, ResearchCentre], keys: Iterable[int]) -> list[ResearchCentre]:
    """The units with all that they are part of."""
    found: dict[int, ResearchCentre] = {}
    for key in keys:
        above: int | None = key
        while above is not None and above not in found:
            found[above] = units[above]
            above = units[above].parent_id
    return list(found.values())


def _posts_on_the_day(piece: Publication) -> list[int]:
    day = piece.issued_on
    held = Appointment.objects.filter(
        Q(started_on__isnull=True) | Q(started_on__lte=day),
        Q(ended_on__isnull=True) | Q(ended_on__gte=day),
        person__authorships__publication=piece,
        centre__isnull=False,
    )
    return list(held.order_by("centre").values_list("centre", flat=True).distinct())


def reachable(at_once: bool = True) -> QuerySet[Subscription]:
    """Wishes that a letter may answer now: active, of somebody who confirmed, has not paused, and can be written to."""
    today = timezone.localdate()
    barred = Suppression.objects.filter(subscriber=OuterRef("subscriber"), lifted_at__isnull=True)
    wishes = Subscription.objects.filter(
        Q(subscriber__paused_until__isnull=True) | Q(subscriber__paused_until__lte=today),
        ~Exists(barred),
        is_active=True,
        subscriber__state=Subscriber.State.CONFIRMED,
    )
    return wishes.filter(frequency=Subscription.Frequency.AT_ONCE) if at_once else wishes
