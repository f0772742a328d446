from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import ModelAdmin
from editorial.models import User
from publications import numbering
from publications.desk_forms import find_publications
from publications.models import NumberEntry, Publication, Series

SHOWN = 400


class GivenByHand(forms.Form):
    """A number for a chosen piece, out of turn. `sequence` is the gap it fills; without it the number is typed."""

    publication = FinderField(
        Publication.objects.present().filter(number=None),
        source=("publications", "numberentry", "publication"),
        find=lambda words: find_publications(words).filter(number=None),
        label=_("Piece"),
        help_text=_("Part of its title. Only pieces without a number are found."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Kept in the register."))


class GapForm(GivenByHand):
    sequence = forms.TypedChoiceField(label=_("Number"), coerce=int)
    field_order = ("sequence", "publication", "reason")


class OldNumberForm(GivenByHand):
    number = forms.CharField(
        label=_("Number"), max_length=20, help_text=_("As printed. It is kept even if it does not follow the pattern.")
    )
    field_order = ("number", "publication", "reason")


@admin.register(NumberEntry)
class NumberDesk(ModelAdmin[NumberEntry]):
    """The register of a series and year, with its gaps. Lines are never changed and never deleted."""

    search_fields = ("number",)

    def has_change_permission(self, request: HttpRequest, obj: NumberEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: NumberEntry | None = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:publications_numberentry_changelist"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        numbered = [series for series in Series.objects.exclude(number_pattern="") if series.is_numbered]
        series = chosen_series(request, numbered)
        periods = periods_of(series) if series else []
        period = chosen_period(request, series, periods)
        forms_given = self.forms_for(request, series, period)
        if request.method == "POST":
            done = self.give(request, series, period, forms_given)
            if done:
                return done
        context = {
            **self.admin_site.each_context(request),
            "title": _("Register of numbers"),
            "opts": self.opts,
            "all_series": numbered,
            "series": series,
            "periods": periods,
            "period": period,
            "entries": register(series, period),
            "gaps": gap_rows(series, period),
            "next_number": numbering.next_number(series, timezone.localdate()) if series else "",
            "may_give": self.has_add_permission(request),
            "media": self.media,
            **forms_given,
        }
        return TemplateResponse(request, "admin/publications/numbers.html", context)

    def forms_for(self, request: HttpRequest, series: Series | None, period: int) -> dict[str, forms.Form]:
        def bound(name: str) -> Any:
            return request.POST if request.method == "POST" and name in request.POST else None

        gap_form = GapForm(bound("_fill"), prefix="gap")
        sequence = gap_form.fields["sequence"]
        assert isinstance(sequence, forms.ChoiceField)
        sequence.choices = gap_rows(series, period)
        return {"gap_form": gap_form, "old_form": OldNumberForm(bound("_enter"), prefix="old")}

    def give(
        self, request: HttpRequest, series: Series | None, period: int, given: dict[str, forms.Form]
    ) -> HttpResponse | None:
        """Fill the gap or enter the old number that was posted; None when the page has to be shown again with errors."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = given["gap_form"] if "_fill" in request.POST else given["old_form"]
        if not form.is_valid():
            return None
        publication, reason = form.cleaned_data["publication"], form.cleaned_data["reason"]
        assert isinstance(request.user, User)
        try:
            if "_fill" in request.POST and series and publication.series_id != series.pk:
                raise numbering.NumberRefused(_("That piece belongs to another series."))
            if "_fill" in request.POST:
                entry = numbering.fill_gap(publication, period, form.cleaned_data["sequence"], reason, request.user)
            else:
                entry = numbering.register_by_hand(publication, form.cleaned_data["number"], reason, request.user)
        except numbering.NumberRefused as refusal:
            form.add_error(None, str(refusal))
            return None
        words = _("%(number)s is now “%(title)s”.") % {"number": entry.number, "title": publication.title}
        self.message_user(request, words, messages.SUCCESS)
        query = urlencode({"series": entry.series_id, "period": entry.period})
        return HttpResponseRedirect(f"{reverse('admin:publications_numberentry_changelist')}?{query}")


def chosen_series(request: HttpRequest, numbered: list[Series]) -> Series | None:
    wanted = request.GET.get("series", "")
    return next((series for series in numbered if str(series.pk) == wanted), numbered[0] if numbered else None)


def periods_of(series: Series) -> list[int]:
    """Years that have numbers, and this one; newest first. Series numbered by day are shown by year too, so: none."""
    used = set(NumberEntry.objects.filter(series=series).values_list("period", flat=True).distinct())
    if series.number_reset == Series.NumberReset.YEARLY:
        used.add(timezone.localdate().year)
    return sorted(used, reverse=True)


def chosen_period(request: HttpRequest, series: Series | None, periods: list[int]) -> int:
    wanted = request.GET.get("period", "")
    if wanted.isdecimal() and int(wanted) in periods:
        return int(wanted)
    return periods[0] if periods else 0


def register(series: Series | None, period: int) -> list[NumberEntry]:
    if series is None:
        return []
    rows = NumberEntry.objects.filter(series=series, period=period).select_related("publication", "by")
    return list(rows.defer("publication__body", "publication__transcript").order_by("-sequence", "-number")[:SHOWN])


def gap_rows(series: Series | None, period: int) -> list[tuple[int, str]]:
    """(sequence, number in words) of every number that was skipped."""
    if series is None or (series.number_reset != Series.NumberReset.NEVER and not period):
        return []
    day = numbering.day_of(series, period)
    return [(sequence, numbering.render(series, day, sequence)) for sequence in numbering.gaps(series, period)]
