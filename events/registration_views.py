"""Registering for an event, and a person's own page about it. Nothing here is kept by any cache, and GET changes nothing."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from editorial.forms import Outcome
from events import correspondence, registering, ticket
from events.models import Event, Mode, Registration, RegistrationDesk
from events.registering import NotPossible
from events.registration_forms import FewerGuestsForm, RegistrationForm
from events.wording import facts_of, sgt_words, when

State = Registration.State
View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """For one reader: no cache keeps it, no search engine lists it, and other sites do not learn its address."""

    @wraps(view)
    def answer(request: HttpRequest, **named: str) -> HttpResponse:
        response = view(request, **named)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return answer


@private
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, at an address of its own because its token sets a cookie. Who is registered already hears the same."""
    event = get_object_or_404(Event.objects.published(), slug=slug)
    desk = get_object_or_404(RegistrationDesk.objects.select_related("event"), event=event)
    if request.method != "POST":
        sent = "sent" in request.GET
        form = None if sent or closed_words(desk) else RegistrationForm(desk)
        return show_form(request, desk, form, is_sent=sent)
    if words := closed_words(desk):
        return show_form(request, desk, None, refused=words)
    form = RegistrationForm(desk, request.POST)
    try:
        outcome = form.outcome(request, lambda _data: registering.register(desk, form.asked()))
    except NotPossible as refusal:
        form.add_error(None, str(refusal))
        outcome = Outcome(False, 0)
    if outcome.is_taken:
        return redirect(f"{reverse('register', args=[event.slug])}?sent=1")
    return show_form(request, desk, form, wait=outcome.wait)


def closed_words(desk: RegistrationDesk) -> str:
    """Why nobody can register now, and what to do instead; nothing while it is open."""
    event = desk.event
    if event.is_cancelled:
        return _("This event is cancelled. There is nothing to register for.")
    if event.status == Event.Status.POSTPONED:
        return _("This event is postponed. Registration opens again when the new date is known.")
    if not desk.is_open():
        if registering.opens_later(desk) and desk.opens_at:
            return _("Registration opens on %s.") % sgt_words(desk.opens_at)
        return _("Registration is closed.")
    if not desk.modes:
        return _("Nobody can be registered for this event yet.")
    if registering.is_full(desk):
        return _("Every place is taken, and there is no waiting list.")
    return ""


def show_form(
    request: HttpRequest, desk: RegistrationDesk, form: RegistrationForm | None, *,
    is_sent: bool = False, refused: str = "", wait: int = 0,
) -> HttpResponse:  # fmt: skip
    event = desk.event
    context = {
        "event": event,
        "desk": desk,
        "title": _("Register"),
        "trail": [*event.trail, (event.title, event.get_absolute_url())],
        "when": when(event),
        "form": form,
        "is_sent": is_sent,
        "closed": "" if form or is_sent else refused or closed_words(desk),
        "will_wait": form is not None and registering.will_wait(desk),
    }
    status = 429 if wait else 409 if refused else 422 if form and form.is_bound else 200
    response = render(request, "events/registration/register.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@private
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """A person's own page. Programs that try out the links of a letter see it as people do, and change nothing."""
    registration = correspondence.by_token(token)
    if registration is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            step(registration, request)
            return redirect(request.path)
        except NotPossible as refusal:
            refused = str(refusal)
            registration.refresh_from_db()
    return show_own(request, registration, refused)


def show_own(request: HttpRequest, registration: Registration, refused: str) -> HttpResponse:
    """The own page as things stand, with why something could not be done."""
    event = registration.desk.event
    is_active = registration.state in registering.ACTIVE and not event.is_over
    context = {
        "registration": registration,
        "event": event,
        "title": _("Your registration"),
        "trail": [*event.trail, (event.title, event.get_absolute_url())] if event.is_public else event.trail,
        "facts": facts_of(registration, None),
        "link": None if event.is_over else correspondence.joining_link(registration),
        "refused": refused,
        "offer_until": sgt_words(registration.offer_until) if registration.offer_until else "",
        "code": ticket.drawing(registration) if shows_code(registration) and is_active else "",
        "is_active": is_active,
        "fewer": FewerGuestsForm(registration) if is_active and registration.guests else None,
    }
    return render(request, "events/registration/own.html", context, status=409 if refused else 200)


def shows_code(registration: Registration) -> bool:
    """Whether there is a door to show it at."""
    return registration.state == State.CONFIRMED and registration.mode == Mode.IN_PERSON


def step(registration: Registration, request: HttpRequest) -> None:
    """What was pressed on the own page. Raises NotPossible, and BadRequest for what no button sends."""
    if registration.desk.event.is_over:
        raise NotPossible(_("This event is over."))
    match request.POST.get("action"):
        case "accept":
            registering.accept(registration)
        case "cancel" | "decline":
            registering.cancel(registration)
        case "guests":
            form = FewerGuestsForm(registration, request.POST)
            if not form.is_valid():
                raise NotPossible(_("Here the number of guests can only become smaller. Choose one of the list."))
            registering.bring_fewer(registration, form.cleaned_data["guests"])
        case _:
            raise BadRequest("No such action")
