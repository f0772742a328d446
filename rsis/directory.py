"""Who has a page of their own, and what they published."""

from typing import ClassVar

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from people.entries import Shelf, current
from people.models import Person, StaffProfile
from publications import catalogue
from publications.facets import Facet, FacetValue
from publications.listing import Listing
from publications.models import Authorship, Publication


def with_public_page() -> QuerySet[Person]:
    """People who wish a page and have something to show: a published profile, or a published piece."""
    profiles = StaffProfile.objects.published().values("person_id")
    bylines = Authorship.objects.filter(publication__in=Publication.objects.published()).values("person_id")
    return Person.objects.filter(Q(pk__in=profiles) | Q(pk__in=bylines), has_page=True)


def shelf() -> Shelf:
    now = catalogue.current()
    return current(now.sets["author"], now.stamp)


class Works(Listing):
    """What one person published, the collections (in-house, external, media) as tabs above the list."""

    settled: ClassVar[set[str]] = {"family"}

    @cached_property
    def facets(self) -> list[Facet]:
        return [facet for facet in super().facets if facet.name != "family"]

    @cached_property
    def tabs(self) -> list[FacetValue]:
        """All, and each collection with something in it; none where there is but one."""
        [collections] = self.facets_named("family")
        if len(collections.values) < 2:
            return []
        every = FacetValue(
            _("All"), "", self.found(without="family").bit_count(), self.url(family=""), not collections.active
        )
        return [every, *(self._tab(one) for one in collections.values)]

    def _tab(self, one: FacetValue) -> FacetValue:
        """The chosen tab leads to itself; a facet's value would be taken off by a second click."""
        return FacetValue(one.label, one.value, one.count, self.url(family=one.value), one.is_active)
