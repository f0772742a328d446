"""Deleting puts an item into the trash, from wherever it is asked for; from there it comes back whole."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from editorial import locks, saving, trash
from editorial.desk.attempt import editor, posted_version
from editorial.desk.screens import Address, Screens
from editorial.models import Publishable, State
from editorial.publishing import NotAllowed
from editorial.uses import linking, uses


class TrashScreens[Item: Publishable](Screens[Item]):
    def trash_addresses(self) -> list[Address]:
        return [
            ("trash/", self.trash_view, "trash"),
            ("<int:pk>/untrash/", self.untrash_view, "untrash"),
            ("<int:pk>/lock/", self.lock_view, "lock"),
        ]

    @admin.action(description=gettext_lazy("Move to the trash"), permissions=["delete"])
    def trash_selected(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        moved = 0
        for item in queryset:
            try:
                if not self.has_delete_permission(request, item):
                    raise PermissionDenied
                trash.move_to_trash(item, editor(request))
                self.log_deletions(request, self.get_queryset(request).filter(pk=item.pk))
                moved += 1
            except (NotAllowed, saving.Conflict) as refusal:
                words = _("“%(item)s” stays: %(reason)s") % {"item": item, "reason": refusal}
                self.message_user(request, words, messages.WARNING)
        if moved:
            words = ngettext("%(count)s item is in the trash.", "%(count)s items are in the trash.", moved)
            self._say_trashed(request, words % {"count": moved})

    def _say_trashed(self, request: HttpRequest, words: str) -> None:
        way_back = format_html('{} <a href="{}">{}</a>', words, self.address("trash"), _("Open the trash"))
        self.message_user(request, way_back)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        where = self.address("trash") if self.has_delete_permission(request) else ""
        return super().changelist_view(request, {**(extra_context or {}), "trash_url": where})

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        item = self.get_object(request, object_id)
        if item is None or item.deleted_at is not None:
            raise Http404
        if not self.has_delete_permission(request, item):
            raise PermissionDenied
        if request.method == "POST":
            return self.delete_confirmed(request, item)
        context = {
            "title": _("Move “%(item)s” to the trash?") % {"item": item},
            "is_offered": item.state not in {State.PUBLISHED, State.WITHDRAWN},
            "obstacle": trash.obstacle(item),
            "lock": locks.lock_of(item),
            "may_lock": request.user.has_perm("editorial.add_deletionlock"),
            "uses": [*uses(item), *linking(item)],
            "may_withdraw": item.is_public and self.has_change_permission(request, item),
        }
        return self.show(request, "delete", item, **context)

    @method_decorator(require_POST)
    def lock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lock the item against deletion, or take the lock off."""
        item = self.get_object(request, str(pk))
        if item is None:
            raise Http404
        right = "delete" if "unlock" in request.POST else "add"
        if not request.user.has_perm(f"editorial.{right}_deletionlock"):
            raise PermissionDenied
        try:
            if right == "delete":
                locks.unlock(item)
                words = _("The lock is off.")
            else:
                words = _("Locked against deletion: %(reason)s") % {
                    "reason": locks.lock(item, request.POST.get("reason", ""), editor(request)).reason
                }
        except NotAllowed as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.log_change(request, item, words)
            self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(self.address("delete", pk))

    def delete_confirmed(self, request: HttpRequest, item: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                trash.move_to_trash(saving.lock(self.model, item.pk, posted_version(request)), editor(request))
        except NotAllowed as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.address("change", item.pk))
        except saving.Conflict:
            words = _("The item was saved in the meantime. Look at it again before you delete it.")
            self.message_user(request, words, messages.ERROR)
            return HttpResponseRedirect(self.address("change", item.pk))
        self.log_deletions(request, self.get_queryset(request).filter(pk=item.pk))
        self._say_trashed(request, _("“%(item)s” is in the trash for 90 days.") % {"item": item})
        return HttpResponseRedirect(self.address("changelist"))

    @method_decorator(require_safe)
    def trash_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).filter(deleted_at__isnull=False).select_related("deleted_by")
        rows = rows.order_by("-deleted_at", "-pk")[:500]
        dated = [(row, row.deleted_at + trash.KEPT_FOR) for row in rows if row.deleted_at]
        return self.show(request, "trash", None, title=_("Trash"), rows=dated)

    @method_decorator(require_POST)
    def untrash_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self.get_object(request, str(pk))
        if item is None or item.deleted_at is None:
            raise Http404
        if not self.has_delete_permission(request, item):
            raise PermissionDenied
        trash.restore_from_trash(item, editor(request))
        self.log_change(request, item, _("Restored from the trash"))
        self.message_user(request, _("“%(item)s” is back, as it was.") % {"item": item})
        return HttpResponseRedirect(self.address("change", pk))
