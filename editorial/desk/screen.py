"""The form of a publishable item: saving and the step that goes with it are one submission and one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.admin.options import IS_POPUP_VAR, ActionLocation
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import history, preview, publishing, redirects, saving
from editorial.desk import conflicts, steps
from editorial.desk.addressed import asking
from editorial.desk.attempt import Refusable, Undone, attempt_of, editor, posted_version
from editorial.desk.beside import BESIDE
from editorial.desk.history_screens import HistoryScreens
from editorial.desk.preview_screens import PreviewScreens
from editorial.desk.trash_screens import TrashScreens
from editorial.editor_csp import EDITOR_CSP
from editorial.models import Publishable, State


class PublishableAdmin[Item: Publishable](HistoryScreens[Item], PreviewScreens[Item], TrashScreens[Item]):
    """Base of the screens of everything that is drafted, reviewed, published and withdrawn.

    Rights: the model's change right edits what readers do not see; its publish right (`publish_<model>`) is needed to
    publish, schedule, withdraw, and to edit what is public, scheduled or withdrawn; its delete right uses the trash.
    """

    actions: Sequence[str] = ("trash_selected",)

    # --- What a kind of content does in its own way ---------------------------------------------------------------
    def publish_item(self, request: HttpRequest, item: Any, at: datetime) -> None:
        """Raises NotAllowed with words for the editor."""
        publishing.publish(item, at, editor(request))

    def withdraw_item(self, request: HttpRequest, item: Any, reason: str) -> None:
        publishing.withdraw(item, reason, editor(request))

    def problems(self, item: Any) -> Sequence[Any]:
        """What stands between the item and its readers: objects with `level` ("error", "question") and `message`."""
        return ()

    # --- Who may --------------------------------------------------------------------------------------------------
    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        codename = get_permission_codename("publish", self.opts)
        return bool(request.user.has_perm(f"{self.opts.app_label}.{codename}"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or obj.pk is None:
            return True
        is_settled = obj.state in {State.PUBLISHED, State.WITHDRAWN}
        return obj.deleted_at is None and (not is_settled or self.has_publish_permission(request, obj))

    def has_right(self, request: HttpRequest, item: Any, right: steps.Right) -> bool:
        asked = {
            "change": self.has_change_permission,
            "publish": self.has_publish_permission,
            "delete": self.has_delete_permission,
        }
        return asked[right](request, item)

    # --- Addresses and lists ------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        more = [
            *self.trash_addresses(),
            *self.preview_addresses(),
            *self.history_addresses(),
        ]
        own = [
            path(address, self.admin_site.admin_view(view), name=f"{name}_{suffix}") for address, view, suffix in more
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Item]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == f"{self.opts.app_label}_{self.opts.model_name}_changelist":
            rows = rows.filter(deleted_at__isnull=True)
        return rows

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, Any]:
        actions = super().get_actions(request, action_location=action_location)
        actions.pop("delete_selected", None)
        return actions

    # --- The form -----------------------------------------------------------------------------------------------------
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        given = (object_id, form_url, extra_context)
        if request.method != "POST":
            return with_editor_policy(super().changeform_view(request, *given))
        attempt = attempt_of(request)
        attempt.version = posted_version(request)
        try:
            with saving.turn():
                is_held = self._hold(request, object_id, attempt.version)
                # In the same transaction: when many save at once, each waits for the database once, not three times.
                proceed = super().changeform_view if is_held else self._show_conflict
                response = proceed(request, *given)
        except saving.Conflict:
            with saving.turn():
                response = self._show_conflict(request, *given)
        except publishing.NotAllowed as refusal:
            response = self._show_again(request, str(refusal), *given)
        except Undone as undone:
            return undone.result
        return with_editor_policy(response)

    def _hold(self, request: HttpRequest, object_id: str | None, version: int) -> bool:
        """Lock the item at the version the form was opened with; False if it has another one by now.

        Rights first: a page about a conflict shows the text.
        """
        item = self.get_object(request, unquote(object_id)) if object_id is not None else None
        if item is None:
            return True
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        if attempt_of(request).purpose == "preview":
            return True  # nothing will be stored, so nothing can be overwritten
        try:
            saving.lock(self.model, item.pk, version)
        except saving.Conflict:
            return False
        return True

    def _show_again(self, request: HttpRequest, words: str, *given: Any) -> Any:
        """The form as it was filled in, with a refusal above it. Files have to be chosen again, as with any error."""
        attempt = attempt_of(request)
        attempt.purpose, attempt.refusal = "save", words
        request.FILES.clear()
        return super().changeform_view(request, *given)

    def _show_conflict(self, request: HttpRequest, object_id: str | None, *given: Any) -> Any:
        attempt = attempt_of(request)
        wanted, opened = attempt.purpose, attempt.version
        lost_files = bool(request.FILES)
        request.FILES.clear()
        item = self.get_object(request, unquote(object_id or ""))
        if item is None:
            return super().changeform_view(request, object_id, *given)
        request.POST = conflicts.rebase(request, conflicts.unbound(self, request, item))  # type: ignore[assignment]
        mine = self._as_if_saved(request, object_id, *given)
        attempt.panel = conflicts.panel(item, opened, mine, lost_files)
        attempt.version = item.version
        words = _("Somebody saved this item after you opened it, so yours is not saved yet. Both are below.")
        response = self._show_again(request, words, object_id, *given)
        response.status_code = 409
        attempt.purpose = wanted
        return response

    def _as_if_saved(self, request: HttpRequest, *given: Any) -> history.Snapshot | None:
        """What the item would be if this form were saved; None if the form has errors."""
        attempt = attempt_of(request)
        attempt.purpose = "compare"
        try:
            with transaction.atomic():
                super().changeform_view(request, *given)
        except Undone as undone:
            found: history.Snapshot = undone.result
            return found
        return None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        attempt = attempt_of(request)
        goes_live = request.POST.get("_step") in {"publish", "schedule"}
        form = asking(form, asks_about_address=attempt.purpose == "save" and not attempt.refusal, goes_live=goes_live)
        return type(form.__name__, (Refusable, form), {"refusal": attempt.refusal})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = editor(request)
        obj.updated_by = editor(request)
        with redirects.following(obj):
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After every row of the item is written: keep the revision and take the step, or undo it all."""
        super().save_related(request, form, formsets, change)
        item = form.instance
        purpose = attempt_of(request).purpose
        if purpose == "preview":
            raise Undone(self.page_of_unsaved(request, item))
        if purpose == "compare":
            raise Undone(history.snapshot(self.model._default_manager.get(pk=item.pk)))
        self._finish(request, item)

    def _finish(self, request: HttpRequest, item: Any) -> None:
        name, note = request.POST.get("_step", ""), request.POST.get("revision_note", "").strip()
        if not name:
            saving.record(item, editor(request), note)
            return
        right = steps.right_for(name)
        if right is None or not self.has_right(request, item, right):
            raise PermissionDenied
        with redirects.following(item):
            self._take_step(request, item, name)
            for one in BESIDE:
                one.taken(request, item, name)
        revision = history.latest(item)
        if note and revision:
            revision.note = f"{revision.note}: {note}"[:200]
            revision.save(update_fields=["note"])

    def _take_step(self, request: HttpRequest, item: Any, name: str) -> None:
        by = editor(request)
        match name:
            case "submit":
                publishing.submit(item, by)
            case "publish":
                self.publish_item(request, item, timezone.now())
            case "schedule":
                self.publish_item(request, item, steps.read_time(request.POST.get("schedule_for", "")))
            case "draft" | "unschedule":
                publishing.return_to_draft(item, by)
            case "withdraw":
                if request.POST.get("withdrawal_confirmed") != "on":
                    raise publishing.NotAllowed(_("Tick the box to confirm that readers shall lose the text."))
                self.withdraw_item(request, item, request.POST.get("withdrawal_reason", ""))
            case "reinstate":
                publishing.reinstate(item, by)

    # --- Answers ------------------------------------------------------------------------------------------------------
    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return self._saved(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        return self._saved(request, obj)

    def _saved(self, request: HttpRequest, item: Any) -> HttpResponse:
        """Say what happened, in words, and stay with the item."""
        step = request.POST.get("_step", "")
        words = _("Saved.") if not step else _("Saved. It stands at: %(status)s.") % {"status": item.standing}
        self.message_user(request, words)
        if not self.has_view_or_change_permission(request, item):
            return HttpResponseRedirect(self.address("changelist"))
        return HttpResponseRedirect(self.address("change", item.pk))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        context |= self._bar(request, context.get("original"), add)
        if attempt_of(request).purpose == "preview" and not form_url:
            form_url = self.address("change", obj.pk) if obj else self.address("add") + "?" + request.GET.urlencode()
        response: Any = super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)
        is_conflict = attempt_of(request).panel is not None
        response.template_name = f"admin/editorial/{'conflict' if is_conflict else 'form'}.html"
        return response

    def _bar(self, request: HttpRequest, item: Any, add: bool) -> dict[str, Any]:
        """The context of templates/admin/editorial/form.html, from the item as it is stored."""
        template = (self.add_form_template if add else None) or self.change_form_template or "admin/change_form.html"
        stored = self.model._default_manager.filter(pk=item.pk).first() if item is not None and item.pk else None
        subject = stored or self.model()
        attempt = attempt_of(request)
        default = (
            subject.publish_at if subject.is_scheduled and subject.publish_at else steps.next_morning(timezone.now())
        )
        return {
            "base_form": template,
            "panel": attempt.panel,
            "stored": stored,
            "version": attempt.version if request.method == "POST" else subject.version,
            "steps": steps.offered(subject, lambda right: self.has_right(request, stored, right)),
            "problems": self.problems(stored) if stored and not stored.is_public else (),
            "schedule_for": default,
            "schedule_value": request.POST.get("schedule_for")
            or f"{default.astimezone(steps.SINGAPORE):%Y-%m-%d %H:%M}",
            "can_edit": self.has_change_permission(request, stored) if stored else self.has_add_permission(request),
            "posted": request.POST,
            "beside": [one.box(request, stored) for one in BESIDE] if stored else (),
            "addresses": self._addresses(stored),
            "preview_query": request.GET.urlencode(),
        }

    def _addresses(self, stored: Any) -> dict[str, str]:
        has_page = self.model in preview.pages()
        if stored is None:
            return {"preview": self.address("preview_new")} if has_page else {}
        names = ("history", "change", "delete", *(("preview", "share") if has_page else ()))
        return {name: self.address(name, stored.pk) for name in names}


def with_editor_policy(response: Any) -> Any:
    """The one relaxed policy, for pages with the rich text editor."""
    vars(response)["_csp_config"] = EDITOR_CSP
    return response
