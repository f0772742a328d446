"""The menu and the lists of links as readers find them, with what is hidden from readers and why."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial.generic import ModelAdmin
from rsis import arranging
from rsis.admin.home import ReadOnly
from rsis.forms import MenuItemForm
from rsis.models import LinkCheck, MenuItem
from rsis.targets import target_of, why_hidden, with_targets


class Row(NamedTuple):
    item: MenuItem
    leads_to: str
    hidden: str
    check: LinkCheck | None
    children: list["Row"]

    @property
    def is_shown(self) -> bool:
        return bool(self.leads_to) or any(child.is_shown for child in self.children)


class List(NamedTuple):
    place: MenuItem.Place
    rows: list[Row]

    @property
    def hidden(self) -> int:
        return sum(not row.is_shown for row in _all(self.rows))

    @property
    def total(self) -> int:
        return sum(1 for _row in _all(self.rows))


def _all(rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        yield from _all(row.children)


def lists() -> list[List]:
    """Every list with its lines, in two statements."""
    checks = {check.address: check for check in LinkCheck.objects.all()}
    below: dict[tuple[str, int | None], list[MenuItem]] = {}
    for item in with_targets(MenuItem.objects.order_by("position", "pk")):
        below.setdefault((item.place, item.parent_id), []).append(item)

    def rows(place: str, under: int | None) -> list[Row]:
        return [row(item) for item in below.get((place, under), ())]

    def row(item: MenuItem) -> Row:
        target, children = target_of(item), rows(item.place, item.pk)
        hidden = why_hidden(item, target)
        if not item.address and not any(child.is_shown for child in children):
            hidden = _("Nothing under it is public.")
        return Row(item, target.address, hidden, checks.get(item.address), children)

    return [List(place, rows(place, None)) for place in MenuItem.Place]


@admin.register(MenuItem)
class MenuAdmin(ModelAdmin[MenuItem]):
    form = MenuItemForm
    fields = ("place", "parent", "label", "address", "note")
    search_fields = ("label", "address")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            return self._move(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Menu and links"),
            "lists": lists(),
            "may_change": may_change,
            "may_add": self.has_add_permission(request),
            "moved": request.GET.get("moved", ""),
        }
        return TemplateResponse(request, "admin/rsis/menu.html", context)

    def _move(self, request: HttpRequest) -> HttpResponse:
        """One step by a button (`move=12:up`), or a drop (`item`, `parent`, `at`)."""
        pk, _colon, direction = request.POST.get("move", "").partition(":")
        item = get_object_or_404(MenuItem, pk=_key(pk or request.POST.get("item", "")))
        try:
            if direction in {"up", "down", "in", "out"}:
                arranging.move(item, direction)  # type: ignore[arg-type]  # one of the four
            else:
                parent, at = request.POST.get("parent", ""), request.POST.get("at", "")
                above = get_object_or_404(MenuItem, pk=_key(parent)) if parent else None
                arranging.put(item, above, _key(at))
        except ValidationError as error:
            for line in error.messages:
                self.message_user(request, line, messages.ERROR)
        query = urlencode({"moved": f"{item.pk}:{direction}"})
        return HttpResponseRedirect(f"{request.path}?{query}#line-{item.pk}")

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: MenuItem, form: Any, change: bool) -> None:
        """A new line, and one that went into another list, stands last."""
        if not change or {"parent", "place"} & set(form.changed_data):
            obj.position = len([one for one in arranging.siblings(obj) if one != obj]) + 1
        super().save_model(request, obj, form, change)
        row = with_targets(MenuItem.objects.filter(pk=obj.pk)).get()
        if hidden := why_hidden(row, target_of(row)):
            self.message_user(request, _("Readers do not see it yet. %(why)s") % {"why": hidden}, messages.WARNING)


def _key(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnly[LinkCheck]):
    """What outside addresses answered. The worker asks each once a week, and daily after a failure."""

    list_display = ("address", "answer", "checked_at", "due_at")
    list_display_links = None
    actions = ("ask_again",)

    def has_delete_permission(self, request: HttpRequest, obj: LinkCheck | None = None) -> bool:
        return False

    @admin.display(description=_("answer"))
    def answer(self, check: LinkCheck) -> str:
        return check.problem or (_("Answers") if check.checked_at else _("Not asked yet"))

    @admin.action(description=_("Ask these again"), permissions=["view"])
    def ask_again(self, request: HttpRequest, checks: Any) -> None:
        count = checks.update(due_at=timezone.now())
        words = ngettext(
            "%(n)s address is asked within a minute.", "%(n)s addresses are asked within a minute or two.", count
        )
        self.message_user(request, words % {"n": count})
