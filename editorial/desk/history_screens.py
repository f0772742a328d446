"""Who changed what, what exactly, and back to it. Revisions are asked for by item and number, never by a key of theirs."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from editorial import compare, history, saving
from editorial.desk.attempt import editor, posted_version
from editorial.desk.screens import Address, Screens
from editorial.models import Publishable, Revision


class HistoryScreens[Item: Publishable](Screens[Item]):
    def history_addresses(self) -> list[Address]:
        return [
            ("<int:pk>/history/compare/", self.compare_view, "compare"),
            ("<int:pk>/history/<int:number>/", self.revision_view, "revision"),
            ("<int:pk>/history/<int:number>/restore/", self.restore_view, "restore"),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        item = self.editable(request, object_id)
        rows = list(history.revisions(item).defer("data").select_related("by"))
        names = {name for row in rows for name in row.changed}
        labels = {name: compare.label(self.model, name) for name in names}
        for row in rows:
            vars(row)["changed_labels"] = [labels[name] for name in row.changed]
        title = _("History of “%(item)s”") % {"item": item}
        return self.show(request, "history", item, title=title, revisions=rows, **(extra_context or {}))

    @method_decorator(require_safe)
    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self.editable(request, pk)
        numbers = sorted(_number(request.GET.get(name)) for name in ("from", "to"))
        before, after = (_revision(item, number) for number in numbers)
        return self.show(
            request,
            "compare",
            item,
            title=_("Revisions %(before)s and %(after)s") % {"before": before.number, "after": after.number},
            before=before,
            after=after,
            differences=compare.differences(self.model, before.data, after.data),
        )

    @method_decorator(require_safe)
    def revision_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """One revision against the item as it stands, with the button that restores it."""
        item = self.editable(request, pk)
        revision = _revision(item, number)
        return self.show(
            request,
            "revision",
            item,
            title=_("Restore revision %(number)s?") % {"number": number},
            revision=revision,
            differences=compare.differences(self.model, history.snapshot(item), revision.data),
        )

    @method_decorator(require_POST)
    def restore_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        item = self.editable(request, pk)
        revision = _revision(item, number)
        try:
            with transaction.atomic():
                held = saving.lock(self.model, item.pk, posted_version(request))
                missing = saving.restore(held, revision, editor(request))
        except saving.Conflict:
            words = _("Nothing was restored: the item was saved in the meantime. Look at the differences again.")
            self.message_user(request, words, messages.ERROR)
            return HttpResponseRedirect(self.address("revision", pk, number))
        self.log_change(request, item, _("Restored revision %(number)s") % {"number": number})
        self.message_user(request, _("Revision %(number)s is restored, as a new revision.") % {"number": number})
        if missing:
            words = _("Could not be brought back: %(what)s.") % {"what": "; ".join(missing)}
            self.message_user(request, words, messages.WARNING)
        return HttpResponseRedirect(self.address("change", pk))


def _number(given: str | None) -> int:
    if given is None or not (given.isascii() and given.isdigit() and len(given) < 9):
        raise Http404
    return int(given)


def _revision(item: Any, number: int) -> Revision:
    return get_object_or_404(history.revisions(item).select_related("by"), number=number)
