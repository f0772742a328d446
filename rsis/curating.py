"""Who may choose what stands on which page."""

from typing import Any

from django.db.models import QuerySet

from editorial.models import User
from research.models import ResearchCentre

PERMISSION = "rsis.change_slot"


def fills_every_page(user: Any) -> bool:
    return bool(user.has_perm(PERMISSION))


def pages_of(user: Any) -> QuerySet[ResearchCentre]:
    """The units whose pages somebody may fill: those that name this editor, or all."""
    if not isinstance(user, User) or not user.is_active:
        return ResearchCentre.objects.none()
    return ResearchCentre.objects.all() if fills_every_page(user) else ResearchCentre.objects.filter(editors=user)


def may_fill(user: Any, centre: ResearchCentre | None) -> bool:
    """Whether somebody may choose what stands on the page of this unit, or without a unit on the home page."""
    if centre is None:
        return fills_every_page(user)
    return pages_of(user).filter(pk=centre.pk).exists()
