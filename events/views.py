"""Public pages of events: what comes, what is over, a month, one event."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from editorial import documents, moments
from editorial.metadata import Link, absolute
from editorial.metadata import page as page_metadata
from events import month as months
from events import page
from events.listing import EventList
from events.models import Event

ABOUT = gettext_lazy(
    "Lectures, conferences, seminars and courses of the school: when, where, who speaks, and how to register."
)
ABOUT_PAST = gettext_lazy(
    "Lectures, conferences and seminars the school has held, with recordings, photographs and reports."
)


@require_safe
def coming(request: HttpRequest) -> HttpResponse:
    listing = EventList(request.GET, request.path, Event.objects.published().coming())
    return show_list(request, listing, _("Events"), [], is_past=False)


@require_safe
def past(request: HttpRequest) -> HttpResponse:
    listing = EventList(request.GET, request.path, Event.objects.published().past())
    return show_list(request, listing, _("Past events"), [(_("Events"), reverse("events"))], is_past=True)


def show_list(
    request: HttpRequest, listing: EventList, title: str, trail: list[tuple[str, str]], *, is_past: bool
) -> HttpResponse:
    context = {
        "listing": listing,
        "title": title,
        "trail": trail,
        "is_past": is_past,
        "about": ABOUT_PAST if is_past else ABOUT,
        "month_url": months.address(moments.today().replace(day=1)),
        "atom_url": listing.address_at(reverse("events-atom")),
        "json_url": listing.address_at(reverse("events-json")),
        "ics_url": listing.address_at(reverse("events-ics")),
        "metadata": page_metadata(title, listing.canonical, trail),
    }
    return render(request, "events/listing.html", context)


@require_safe
def this_month(request: HttpRequest) -> HttpResponse:
    return redirect(months.address(moments.today().replace(day=1)))


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    shown = months.month(year, month) if 1 <= month <= 12 and 1000 <= year <= 9998 else None
    if shown is None:
        raise Http404
    trail = [(_("Events"), reverse("events"))]
    context = {
        "month": shown,
        "trail": trail,
        "previous_url": months.address(shown.previous) if shown.previous else "",
        "next_url": months.address(shown.next) if shown.next else "",
        "metadata": page_metadata(_("Calendar"), absolute(request.path), trail),
    }
    return render(request, "events/month.html", context)


@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    found = page.find(slug, Event.objects.published())
    if found:
        return show(request, found)
    gone = Event.objects.tombstones().filter(slug=slug).first()
    if gone is None:
        raise Http404
    return render(request, "events/withdrawn.html", {"event": gone})


def show(request: HttpRequest, found: Event) -> HttpResponse:
    """The page of an event the caller has decided may be seen; previews come straight here."""
    context = page.context(found)
    response = render(request, "events/event.html", context)
    if context["player"]:
        policy: dict[str, Any] = {name: list(map(str, values)) for name, values in settings.SECURE_CSP.items()}
        vars(response)["_csp_config"] = policy | {"frame-src": [context["player"].origin]}  # what csp_override sets
    return response


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponseBase:
    found = page.find(slug, Event.objects.published())
    if found is None or found.document is None:
        raise Http404
    response = documents.serve(request, found.document.current, f"{found.slug}-programme")
    response["Link"] = str(Link("canonical", absolute(found.get_absolute_url())))
    return response
