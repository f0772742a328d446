"""Screens on which an event is postponed, moved, cancelled or reinstated: who is told, in which words, then the button."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from editorial.desk.attempt import editor, posted_version
from editorial.desk.beside import BESIDE
from editorial.desk.screens import Screens
from editorial.publishing import NotAllowed
from editorial.saving import Conflict
from events import happening
from events.happening_forms import MoveForm, TellForm
from events.models import Event, EventNotice, Registration, RegistrationDesk
from events.wording import about_notice

Kind = EventNotice.Kind


@dataclass(frozen=True)
class Step:
    """`is_offered` says whether it follows from where an event stands."""

    kind: EventNotice.Kind
    title: str | Promise
    button: str | Promise
    is_offered: Callable[[Event], bool]
    form: type[TellForm] = TellForm


STEPS: dict[str, Step] = {
    "move": Step(Kind.MOVED, gettext_lazy("Move"), gettext_lazy("Move the event"), lambda event: True, MoveForm),
    "postpone": Step(
        Kind.POSTPONED, gettext_lazy("Postpone"), gettext_lazy("Postpone the event"),
        lambda event: event.status == Event.Status.ON,
    ),
    "cancel": Step(
        Kind.CANCELLED, gettext_lazy("Cancel"), gettext_lazy("Cancel the event"), lambda event: not event.is_cancelled
    ),
    "reinstate": Step(
        Kind.REINSTATED, gettext_lazy("Reinstate"), gettext_lazy("It goes ahead"),
        lambda event: event.status != Event.Status.ON and not event.is_over,
    ),
}  # fmt: skip


def offered(event: Event) -> list[tuple[str, str]]:
    return [(name, str(step.title)) for name, step in STEPS.items() if step.is_offered(event)]


class HappeningScreens(Screens[Event]):
    def happening_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        item, step = self.editable(request, pk), STEPS.get(name)
        if step is None or item.deleted_at is not None:
            raise Http404
        form = step.form(request.POST if request.method == "POST" else None, event=item)
        if request.method == "POST" and form.is_valid():
            done = self.take(request, item, name, form)
            if done is not None:
                return done
        count = happening.concerned(item, step.kind)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "item": item,
            "title": _("%(step)s “%(event)s”") % {"step": step.title, "event": item},
            "step": step,
            "name": name,
            "form": form,
            "count": count,
            "letter": letter(item, step.kind) if count else None,
            "beside": [one.box(request, item, name) for one in BESIDE],
            "version": item.version,
        }
        return TemplateResponse(request, "admin/events/happening.html", context)

    def take(self, request: HttpRequest, item: Event, name: str, form: Any) -> HttpResponse | None:
        """None when it cannot be done: the form then says why."""
        here = self.address("change", item.pk)
        version, by = posted_version(request), editor(request)
        count = happening.concerned(item, STEPS[name].kind)
        try:
            with transaction.atomic():
                if name == "move":
                    now = happening.move(item, version, form.place, form.told, by)
                else:
                    now = getattr(happening, name)(item, version, form.told, by)
                for one in BESIDE:
                    one.taken(request, now, name)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            return None
        except Conflict:
            words = _(
                "The event was saved since this page was opened, perhaps by your own first press. See how it stands."
            )
            self.message_user(request, words, messages.WARNING)
            return HttpResponseRedirect(here)
        self.log_change(request, item, str(STEPS[name].kind.label))
        told = ngettext("%(count)s person is written to.", "%(count)s people are written to.", count) % {"count": count}
        self.message_user(request, f"{STEPS[name].kind.label}. {told if count else _('Nobody is registered.')}")
        return HttpResponseRedirect(here)


def letter(event: Event, kind: str) -> dict[str, Any]:
    """Subject and words of the letter to somebody in person, without what the editor adds."""
    someone = Registration(desk=RegistrationDesk(event=event))
    subject, words = about_notice(someone, EventNotice(event=event, kind=kind), None)
    return {"subject": subject, "paragraphs": words.paragraphs}
