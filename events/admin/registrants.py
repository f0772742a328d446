"""Who is registered for an event: the desk's screens. Each needs its permission and a desk one runs, and leaves a line in
the log."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from editorial import logs
from events import badges as printing
from events import checking_in, correspondence, exporting, registering
from events.models import Mode, Registration, RegistrationDesk
from events.registering import NotPossible
from events.registration_desk_forms import AddForm, HoldForm, PersonForm, PlacesForm
from events.running import runs
from events.wording import when
from mail.models import Letter

State = Registration.State
PER_PAGE = 50
Screen = Callable[..., HttpResponseBase]


def at_desk(permission: str) -> Callable[[Screen], Screen]:
    """For those with the permission, and of the desks only those they run: others are not there."""

    def wrap(view: Screen) -> Screen:
        @wraps(view)
        def answer(request: HttpRequest, pk: int, **named: Any) -> HttpResponseBase:
            if not request.user.has_perm(f"events.{permission}"):
                raise PermissionDenied
            desks = RegistrationDesk.objects.select_related("event").defer("event__body", "event__transcript")
            desk = get_object_or_404(desks, pk=pk, event__in=runs(request.user))
            return view(request, desk, **named)

        return answer

    return wrap


def note(request: HttpRequest, what: str, desk: RegistrationDesk, **facts: object) -> None:
    logs.event(what, user=request.user.pk, event=desk.event_id, **facts)


def context_of(request: HttpRequest, desk: RegistrationDesk, title: str) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": title,
        "opts": RegistrationDesk._meta,
        "desk": desk,
        "event": desk.event,
        "when": when(desk.event),
        "may": {
            name: request.user.has_perm(f"events.{name}_registration")
            for name in ("view", "add", "change", "export", "check_in")
        },
        "may_set": request.user.has_perm("events.change_registrationdesk"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("view_registration")
def people(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    """Words to find somebody by are posted, as they may be an e-mail address, which stands in no address of ours."""
    given = request.POST if request.method == "POST" else request.GET
    filters: dict[str, Any] = {name: given.get(name, "")[:200] for name in ("q", "state", "mode", "page")}
    return show_people(request, desk, **filters)


def show_people(request: HttpRequest, desk: RegistrationDesk, status: int = 200, **given: Any) -> HttpResponse:
    """The list with its filters, and beside it how things stand. Among `given` may be forms that came back with errors."""
    words, state, mode, page = (given.pop(name, "") for name in ("q", "state", "mode", "page"))
    shown = Paginator(found(desk, words, state, mode), PER_PAGE).get_page(page)
    note(request, "registrations seen", desk, count=len(shown.object_list))
    context = context_of(request, desk, desk.event.title) | {
        "shown": shown,
        "words": words,
        "state": state,
        "mode": mode,
        "states": State.choices,
        "modes": desk.modes,
        "counts": checking_in.counts(desk),
        "places": [(mode.label, desk.capacity(mode), registering.free(desk, mode)) for mode in desk.modes],
        "place_forms": [PlacesForm(desk, mode) for mode in Mode if mode in ways(desk)],
        "holds": list(desk.holds.order_by("pk")),
        "hold_form": HoldForm(),
        "add_form": AddForm(desk),
        "tools": TOOLS,
        "badge_starts": range(0, printing.to_print(desk).count(), printing.AT_ONCE),
    }
    return TemplateResponse(request, "admin/events/registrants.html", context | given, status=status)


def ways(desk: RegistrationDesk) -> list[Mode]:
    """Ways the event can be attended, also those that have no places at present."""
    event = desk.event
    return [mode for mode in Mode if (event.is_online if mode == Mode.ONLINE else event.is_in_person)]


def found(desk: RegistrationDesk, words: str, state: str, mode: str) -> Any:
    """Those the filters leave: the waiting list in its order, everybody else by name."""
    rows = desk.registrations.filter(erased_at=None)
    for word in words.split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(affiliation__icontains=word)
            | Q(note__icontains=word)
        )
    if state in State:
        rows = rows.filter(state=state)
    if mode in Mode:
        rows = rows.filter(mode=mode)
    return rows.order_by("queued_at", "pk") if state == State.WAITING else rows.order_by("name", "pk")


@require_safe
@at_desk("view_registration")
def counts(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    return JsonResponse(checking_in.counts(desk))


# What can be done to somebody, and the words for one or several.
STEPS: dict[str, Callable[[Registration], object]] = {
    "confirm": registering.confirm,
    "approve": registering.approve,
    "refuse": registering.refuse,
    "cancel": registering.cancel,
    "lapse": registering.lapse,
    "resend": correspondence.write_again,
    "undo": checking_in.undo,
}
TOOLS = (
    ("confirm", gettext_lazy("Confirm")),
    ("approve", gettext_lazy("Approve")),
    ("refuse", gettext_lazy("Refuse")),
    ("cancel", gettext_lazy("Cancel")),
    ("lapse", gettext_lazy("End an offer that is over")),
    ("resend", gettext_lazy("Send the last letter again")),
    ("undo", gettext_lazy("Undo the check-in")),
)


@require_POST
@at_desk("change_registration")
def step(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    """One step for each of those chosen. What cannot be done is said with the name, and stops nobody else."""
    action = STEPS.get(request.POST.get("step", ""))
    if action is None:
        raise Http404
    keys = [key for key in request.POST.getlist("chosen") if key.isdecimal() and len(key) < 19][:PER_PAGE]
    rows = list(
        desk.registrations.filter(pk__in=keys, erased_at=None).select_related("desk").order_by("queued_at", "pk")
    )
    done = 0
    for one in rows:
        try:
            done += action(one) is not False
        except NotPossible as refusal:
            messages.error(request, f"{one.name}: {refusal}")
    note(request, "registrations changed", desk, step=request.POST["step"], count=done)
    if not rows:
        messages.warning(request, _("Nobody was chosen. Tick somebody in the list first."))
    else:
        messages.success(request, _("Done for %(done)d of %(all)d.") % {"done": done, "all": len(rows)})
    return redirect(back(request, desk))


def back(request: HttpRequest, desk: RegistrationDesk) -> str:
    """To the person, or to the list as it was filtered."""
    number = request.POST.get("person", "")
    if number.isdecimal() and len(number) < 19:
        return reverse("admin:events_registrant", args=[desk.pk, number])
    known = {name: request.POST.get(name, "") for name in ("state", "mode")}
    query = urlencode({name: value for name, value in known.items() if value})
    address = reverse("admin:events_registrants", args=[desk.pk])
    return f"{address}?{query}" if query else address


@require_POST
@at_desk("add_registration")
def add(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    form = AddForm(desk, request.POST)
    if form.is_valid():
        try:
            one = registering.register(desk, form.asked(), Registration.Source.STAFF)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            note(request, "registration added", desk, registration=one.pk)
            words = _("%(name)s: %(state)s.") % {"name": one.name, "state": one.get_state_display().lower()}
            messages.success(request, words)
            return redirect("admin:events_registrants", desk.pk)
    return show_people(request, desk, 422, add_form=form)


@require_POST
@at_desk("change_registrationdesk")
def places(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    """More or fewer places; a hold; a hold let go."""
    form: forms.Form | Any = None
    bound: dict[str, Any] = {}
    what = request.POST.get("what", "")
    match what:
        case "release":
            key = request.POST.get("hold", "")
            held = desk.holds.filter(pk=key if key.isdecimal() and len(key) < 19 else 0).first()
            if held:
                registering.release(held)
        case "hold":
            form = HoldForm(request.POST)
            bound = {"hold_form": form}
            if form.is_valid():
                attempt(form, lambda: registering.hold(desk, **form.cleaned_data))
        case _ if what in Mode:
            form = PlacesForm(desk, Mode(what), request.POST)
            others = [PlacesForm(desk, one) for one in ways(desk) if one != what]
            bound = {"place_forms": [form, *others]}
            if form.is_valid():
                attempt(form, lambda: registering.set_capacity(desk, what, form.cleaned_data["seats"]))
        case _:
            raise Http404
    if form is not None and form.errors:
        return show_people(request, desk, 422, **bound)
    note(request, "places changed", desk, by=what)
    messages.success(request, _("Places are changed. What became free is offered to those who wait."))
    return redirect("admin:events_registrants", desk.pk)


def attempt(form: Any, action: Callable[[], object]) -> None:
    try:
        action()
    except NotPossible as refusal:
        form.add_error("seats", str(refusal))


@at_desk("view_registration")
def person(request: HttpRequest, desk: RegistrationDesk, number: int) -> HttpResponse:
    """One registration: what is known, what was written, and what can be done."""
    one = get_object_or_404(desk.registrations.select_related("desk__event"), pk=number, erased_at=None)
    may_change = request.user.has_perm("events.change_registration")
    form = PersonForm(request.POST if request.method == "POST" else None, instance=one)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid():
            with registering.held(desk):
                form.save()
            note(request, "registration corrected", desk, registration=one.pk)
            messages.success(request, _("Saved."))
            return redirect("admin:events_registrant", desk.pk, one.pk)
    note(request, "registration seen", desk, registration=one.pk)
    texts = {str(question.pk): question.text for question in desk.questions.all()}
    context = context_of(request, desk, Registration.objects.get(pk=one.pk).name) | {
        "one": one,
        "form": form,
        "may_change": may_change,
        "answers": [(texts[key], value) for key, value in one.answers.items() if key in texts],
        "letters": Letter.objects.filter(key__startswith=f"registration:{one.pk}:").order_by("-pk")[:20],
        "tools": tools_for(one),
    }
    return TemplateResponse(
        request, "admin/events/registrant.html", context, status=422 if form.is_bound and form.errors else 200
    )


def tools_for(one: Registration) -> list[tuple[str, Any]]:
    """The steps that make sense where somebody stands."""
    state, active = one.state, one.state in registering.ACTIVE
    sensible = {
        "confirm": state != State.CONFIRMED,
        "approve": state == State.PENDING,
        "refuse": active,
        "cancel": active,
        "lapse": one.state == State.OFFERED and one.offer_until is not None and one.offer_until <= timezone.now(),
        "resend": bool(one.email),
        "undo": one.checked_in_at is not None,
    }
    return [(name, words) for name, words in TOOLS if sensible[name]]


def table(request: HttpRequest, desk: RegistrationDesk, what: str, lines: Any) -> StreamingHttpResponse:
    note(request, "registrations exported", desk, file=what)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{what}-{desk.event.slug[:80]}.csv"'
    return response


@require_safe
@at_desk("export_registration")
def export(request: HttpRequest, desk: RegistrationDesk) -> HttpResponseBase:
    return table(request, desk, "registrations", exporting.everyone(desk))


@require_safe
@at_desk("export_registration")
def attendance(request: HttpRequest, desk: RegistrationDesk) -> HttpResponseBase:
    return table(request, desk, "attendance", exporting.attendance(desk))


@require_safe
@at_desk("export_registration")
def badges(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    """Badges of those with a place in person, a sheet's worth of pages at a time: `?from=` counts the names before."""
    start = request.GET.get("from", "0")
    first = int(start) if start.isdecimal() and len(start) < 6 else 0
    note(request, "badges printed", desk, start=first)
    return pdf(request, desk, "badges", lambda: printing.badges(desk, first))


@require_safe
@at_desk("view_registration")
def speakers(request: HttpRequest, desk: RegistrationDesk) -> HttpResponse:
    return pdf(request, desk, "speakers", lambda: printing.speaker_sheet(desk.event))


def pdf(request: HttpRequest, desk: RegistrationDesk, what: str, make: Callable[[], bytes]) -> HttpResponse:
    try:
        data = make()
    except printing.NotPrinted as failure:
        messages.error(request, str(failure))
        return redirect("admin:events_registrants", desk.pk)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{what}-{desk.event.slug[:80]}.pdf"'
    return response
