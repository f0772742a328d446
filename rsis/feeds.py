"""Feeds of those pages of this room that list publications: of a person, of a centre and its staff."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from publications.feeds import answer
from research.models import ResearchCentre
from rsis.directory import with_public_page


@require_safe
def person(request: HttpRequest, form: str, slug: str) -> HttpResponse:
    one = get_object_or_404(with_public_page(), slug=slug)
    return answer(request, form, one.name, author=one)


@require_safe
def centre(request: HttpRequest, form: str, slug: str) -> HttpResponse:
    one = get_object_or_404(ResearchCentre, slug=slug)
    return answer(request, form, one.name, centre=one)


@require_safe
def staff_publications(request: HttpRequest, form: str, slug: str) -> HttpResponse:
    one = get_object_or_404(ResearchCentre, slug=slug)
    return answer(request, form, f"{one.name}, {_('Staff Publications')}", staff=one)
