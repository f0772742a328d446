"""The door, on a telephone: by name or by code, and without a connection for a while. With scripts off it works as well,
as long as there is a connection.

The page at its bare address names nobody, so that its copy on the telephone does not either; names come as data, which
the telephone forgets after some hours. Addresses of people never come to the door.
"""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from events import checking_in, ticket
from events.admin.registrants import at_desk, context_of, found, note
from events.checking_in import Arrival
from events.models import Registration, RegistrationDesk
from events.registering import NotPossible
from events.registration_desk_forms import WalkInForm
from events.registration_forms import cleaned_address, cleaned_line
from events.running import runs

State = Registration.State
MOST_SHOWN = 30
MOST_AT_ONCE = 200
PERMISSION = "check_in_registration"
DOOR_CSP = settings.SECURE_CSP | {"worker-src": [CSP.SELF]}


@csp_override(DOOR_CSP)
@at_desk(PERMISSION)
def page(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    what = request.POST.get("what", "")
    form = WalkInForm(request.POST if what == "walk-in" else None)
    if request.method == "POST" and what != "find" and arrive(request, desk, form):
        return redirect("admin:events_check_in", desk.pk)
    words = (request.POST if what == "find" else request.GET).get("q", "")[:200]  # names are no part of an address
    shown = list(at_door(desk, words)[:MOST_SHOWN]) if words else []
    context = context_of(request, desk, _("Door")) | {
        "words": words,
        "shown": shown,
        "counts": checking_in.counts(desk),
        "form": form,
        "action": reverse("admin:events_check_in", args=[desk.pk]),
    }
    response = TemplateResponse(request, "admin/events/door.html", context)
    response.status_code = 422 if form.errors else 200
    # HeadersMiddleware refuses the camera everywhere else.
    response["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"
    return response


def at_door(desk: RegistrationDesk, words: str) -> Any:
    """Whom the door may see: everybody who may come in, or might."""
    mark = ticket.mark_in(words)
    if mark:
        return desk.registrations.filter(mark=mark, erased_at=None)
    rows = found(desk, "", "", "").exclude(state__in=[State.CANCELLED, State.REFUSED, State.LAPSED])
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(affiliation__icontains=word))
    return rows


def arrive(request: HttpRequest, desk: RegistrationDesk, form: WalkInForm) -> bool:
    """What a button of the page without scripts says. False when the form came back with errors."""
    now, client_id = timezone.now(), uuid.uuid4()
    if form.is_bound:
        if not form.is_valid():
            return False
        arrival = Arrival(client_id, now, name=form.cleaned_data["name"], email=form.cleaned_data["email"])
    else:
        mark = ticket.mark_in(request.POST.get("mark", ""))
        if mark is None:
            raise BadRequest("No mark")
        arrival = Arrival(client_id, now, mark)
    try:
        one = checking_in.check_in(desk, arrival, request.user, admit="admit" in request.POST)  # type: ignore[arg-type]
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return True
    note(request, "checked in", desk, count=1)
    messages.success(request, _("%s is checked in.") % one.name)
    return True


@require_safe
@at_desk(PERMISSION)
def people(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    """Names for the telephone, as short as can be."""
    rows = at_door(desk, "").values_list("mark", "name", "affiliation", "state", "guests", "mode", "checked_in_at")
    listed = [
        {"mark": mark.hex, "name": name, "of": of, "state": state, "guests": guests, "mode": mode,
         "at": at.isoformat() if at else None}
        for mark, name, of, state, guests, mode, at in rows
    ]  # fmt: skip
    note(request, "door list fetched", desk, count=len(listed))
    return JsonResponse({"people": listed, "counts": checking_in.counts(desk)})


@require_POST
@at_desk(PERMISSION)
def sync(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    """Arrivals noted by a telephone. Each is answered by its id: noted, or refused with words. Sent again, nothing changes."""
    try:
        given = json.loads(request.body)
        arrivals = given["arrivals"]
        if not isinstance(arrivals, list) or len(arrivals) > MOST_AT_ONCE:
            raise ValueError
        parsed = [(str(uuid.UUID(str(one["id"]))), one) for one in arrivals]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadRequest("Not a list of arrivals") from None
    results = {key: answered(request, desk, one) for key, one in parsed}
    note(request, "checked in", desk, count=sum(1 for one in results.values() if one["ok"]))
    return JsonResponse({"results": results, "counts": checking_in.counts(desk)})


def answered(request: HttpRequest, desk: RegistrationDesk, given: dict[str, Any]) -> dict[str, Any]:
    try:
        arrival = read(given)
        one = checking_in.check_in(desk, arrival, request.user, admit=given.get("admit") is True)  # type: ignore[arg-type]
    except (NotPossible, ValidationError) as refusal:
        words = refusal.messages[0] if isinstance(refusal, ValidationError) else str(refusal)
        return {"ok": False, "words": words}
    return {
        "ok": True,
        "mark": one.mark.hex,
        "name": one.name,
        "at": one.checked_in_at and one.checked_in_at.isoformat(),
    }


def read(given: dict[str, Any]) -> Arrival:
    """Raises ValidationError with the words for the door."""
    try:
        at = datetime.fromtimestamp(float(given["at"]) / 1000, UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        at = timezone.now()
    client_id = uuid.UUID(str(given["id"]))
    if "mark" in given:
        mark = ticket.mark_in(str(given["mark"])[:300])
        if mark is None:
            raise ValidationError(_("This is not one of our codes."))
        return Arrival(client_id, at, mark)
    name = cleaned_line(str(given.get("name", ""))[:2000], 120)
    return Arrival(client_id, at, name=name, email=cleaned_address(str(given.get("email", ""))[:2000]))


@require_safe
@at_desk(PERMISSION)
def worker(_request: HttpRequest, _desk: RegistrationDesk) -> HttpResponse:
    """The service worker, from within the folder of its page: it can answer for that page and for no other."""
    place = finders.find("js/door-worker.js")
    if not isinstance(place, str):
        raise Http404
    response = HttpResponse(Path(place).read_text(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache, private"
    return response


@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """A code read by a telephone's own camera: leads to the door, with its bearer found."""
    if not request.user.has_perm(f"events.{PERMISSION}"):
        raise PermissionDenied
    mark = ticket.mark_in(code)
    events = runs(request.user)
    one = Registration.objects.filter(mark=mark, erased_at=None, desk__event__in=events).first() if mark else None
    if one is None:
        raise Http404
    return redirect(f"{reverse('admin:events_check_in', args=[one.desk_id])}?q={one.mark.hex}")
