"""Experts by topic: people of today whose published profile names it."""

from django.db.models import QuerySet

from people.models import StaffProfile
from research.models import Region, Topic

SHOWN = 6


def experts() -> QuerySet[StaffProfile]:
    """Profiles of staff with a field of expertise, as a list shows them. Four statements."""
    named = StaffProfile.expertise.through.objects.values("staffprofile_id")
    found: QuerySet[StaffProfile] = StaffProfile.objects.published().of_staff().filter(pk__in=named)
    return found.select_related("person", "photo").prefetch_related("expertise", "photo__renditions")


def experts_on(term: Topic | Region) -> list[StaffProfile]:
    """At most six, those ready to speak to journalists first. What stands below the term counts as the term."""
    path = "expertise" if isinstance(term, Topic) else "regions"
    below = [node.pk for node in term.descendants(include_self=True)]
    through = getattr(StaffProfile, path).through
    named = through.objects.filter(**{f"{term._meta.model_name}_id__in": below}).values("staffprofile_id")
    return list(experts().filter(pk__in=named).order_by("-is_expert", "person__sort_key", "pk")[:SHOWN])
