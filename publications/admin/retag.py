"""The action of the list of publications that changes the subjects of all that are chosen, or that a filter finds."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from taggit.utils import parse_tags

from editorial import saving
from editorial.desk import editor
from editorial.tags import tidy
from publications import retagging
from publications.models import Publication
from publications.retagging import Change
from research.models import Region, Topic
from research.tree_fields import TreeField

EXAMPLES = 5


class RetagForm(forms.Form):
    add_topics = TreeField(Topic.objects.with_tree_fields(), required=False, label=gettext_lazy("Put on these topics"))
    remove_topics = TreeField(
        Topic.objects.with_tree_fields(), required=False, label=gettext_lazy("Take off these topics")
    )
    add_regions = TreeField(
        Region.objects.with_tree_fields(), required=False, label=gettext_lazy("Put on these regions")
    )
    remove_regions = TreeField(
        Region.objects.with_tree_fields(), required=False, label=gettext_lazy("Take off these regions")
    )
    add_tags = forms.CharField(
        required=False,
        max_length=300,
        label=gettext_lazy("Put on these tags"),
        help_text=gettext_lazy("Commas between."),
    )
    remove_tags = forms.CharField(
        required=False,
        max_length=300,
        label=gettext_lazy("Take off these tags"),
        help_text=gettext_lazy("Commas between."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and self.change().is_nothing:
            raise forms.ValidationError(_("Choose at least one topic, region or tag to put on or take off."))
        return data

    def change(self) -> Change:
        return Change(*(self._part(verb) for verb in ("add", "remove")))

    def _part(self, verb: str) -> dict[str, list[Any]]:
        data = self.cleaned_data
        rows = {kind: [row.pk for row in data.get(f"{verb}_{kind}") or ()] for kind in ("topics", "regions")}
        return {**rows, "tags": [tidy(word) for word in parse_tags(data.get(f"{verb}_tags") or "")]}


@admin.action(description=gettext_lazy("Change topics, regions or tags"), permissions=["change"])
def change_subjects(desk: Any, request: HttpRequest, queryset: QuerySet[Publication]) -> HttpResponse | None:
    """Three presses: choose the pieces, say what to change, look at the count and five examples and confirm."""
    keys = list(queryset.order_by().values_list("pk", flat=True)[: retagging.MOST + 1])
    if len(keys) > retagging.MOST:
        words = _("That is more than %(most)s publications. Narrow the list by a filter first.") % {
            "most": retagging.MOST
        }
        desk.message_user(request, words, messages.ERROR)
        return None
    rows = Publication.objects.present().filter(pk__in=keys).select_related("series", "document", "image")
    with_subjects: Any = rows.prefetch_related("topics", "regions", "tags")  # type: ignore[misc]  # its types know no tags
    all_pieces = with_subjects.order_by("-issued_on", "-pk")
    pieces = [piece for piece in all_pieces if desk.has_change_permission(request, piece)]
    is_asked = "retag" in request.POST
    form = RetagForm(request.POST if is_asked else None)
    change = form.change() if is_asked and form.is_valid() else None
    if change and request.POST["retag"] == "confirmed":
        apply(desk, request, pieces, change)
        return None
    touched = [piece for piece in pieces if change and retagging.effect(piece, change)]
    context = {
        **desk.admin_site.each_context(request),
        "title": _("Change topics, regions or tags"),
        "opts": desk.opts,
        "form": form,
        "change": retagging.in_words(change) if change else "",
        "count": len(touched),
        "chosen": len(keys),
        "left_out": len(keys) - len(pieces),
        "examples": touched[:EXAMPLES],
        "keys": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "across": request.POST.get("select_across", "0"),
        "posted": request.POST.lists() if change else (),
    }
    return TemplateResponse(request, "admin/publications/retag.html", context)


def apply(desk: Any, request: HttpRequest, pieces: list[Publication], change: Change) -> None:
    touched = [piece for piece in pieces if retagging.effect(piece, change)]
    try:
        batch = retagging.retag(touched, change, editor(request), summary=retagging.summary(change, len(touched)))
    except saving.Conflict:
        desk.message_user(
            request, _("Somebody saved one of these pieces just now. Nothing was changed; try again."), messages.ERROR
        )
        return
    words = _("%(what)s. It can be taken back from the log of bulk changes.") % {"what": batch.summary}
    desk.message_user(request, words, messages.SUCCESS)
