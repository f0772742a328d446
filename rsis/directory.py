"""Who has a page of their own."""

from django.db.models import Q, QuerySet

from people.models import Person, StaffProfile
from publications.models import Authorship, Publication


def with_public_page() -> QuerySet[Person]:
    """People with something to show: a published profile, or a published piece."""
    profiles = StaffProfile.objects.published().values("person_id")
    bylines = Authorship.objects.filter(publication__in=Publication.objects.published()).values("person_id")
    return Person.objects.filter(Q(pk__in=profiles) | Q(pk__in=bylines))
