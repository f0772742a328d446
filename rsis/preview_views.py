"""The home page and the pages of centres as they will stand at a later moment, for those who fill their slots."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from editorial import moments
from editorial.desk import editor, steps
from editorial.preview import seal
from editorial.publishing import NotAllowed
from research.models import ResearchCentre
from rsis import centre_home, curating, metadata
from rsis.front_page import front_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not curating.may_fill(editor(request), None):
        raise PermissionDenied
    return show_then(request, "rsis/home.html", lambda: front_page() | {"metadata": metadata.home()})


@require_safe
def centre(request: HttpRequest, slug: str) -> HttpResponse:
    one = get_object_or_404(ResearchCentre.objects.select_related("parent"), slug=slug)
    if not curating.may_fill(editor(request), one):
        raise PermissionDenied
    return show_then(request, "research/centre.html", lambda: centre_home.home(one) | {"metadata": None})


def show_then(request: HttpRequest, template: str, context: Any) -> HttpResponse:
    """The page as of `?at=2026-11-26 06:00` (Singapore time), without it as of the next morning at six."""
    given, refusal = request.GET.get("at", ""), ""
    moment = steps.next_morning(timezone.now())
    try:
        moment = steps.read_time(given) if given else moment
    except NotAllowed as error:
        refusal = str(error)
    with moments.as_of(moment):
        response = render(request, template, context() | {"looking": looking(moment, given, refusal)})
    seal(response)
    return response


def looking(moment: datetime, given: str, refusal: str) -> dict[str, Any]:
    """The arguments of templates/components/looking_ahead.html."""
    shown = moment.astimezone(steps.SINGAPORE)
    return {"at": shown, "value": given or f"{shown:%Y-%m-%dT%H:%M}", "refusal": refusal}
