"""A piece that stands in the wrong series: what would lead where is said before it is moved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editorial import redirects, saving
from editorial.desk import editor
from editorial.desk.attempt import posted_version
from editorial.models import Redirect
from editorial.publishing import NotAllowed
from publications.models import Publication, Series


class MoveForm(forms.Form):
    series = forms.ModelChoiceField(
        Series.objects.order_by("family", "position", "name"), label=gettext_lazy("Move it to")
    )


def move(desk: Any, request: HttpRequest, piece: Publication) -> HttpResponse:
    """Choose the series, look at the redirects that will be made, and confirm."""
    form = MoveForm(request.POST or None)
    chosen, taken = None, None
    changes: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["series"]
        try:
            changes, taken = look(piece, chosen)
            if "confirmed" in request.POST:
                to_series(piece, chosen, posted_version(request), request)
                desk.message_user(request, _("Moved to %(series)s.") % {"series": chosen}, messages.SUCCESS)
                return HttpResponseRedirect(desk.address("change", piece.pk))
        except NotAllowed as refusal:
            form.add_error("series", str(refusal))
            chosen = None
    title = _("Move “%(item)s” to another series") % {"item": piece}
    context = {"form": form, "chosen": chosen, "changes": changes, "taken": taken}
    page = {**desk.admin_site.each_context(request), "opts": desk.opts, "item": piece, "title": title, **context}
    return TemplateResponse(request, "admin/publications/move.html", page)


def look(piece: Publication, series: Series) -> tuple[list[tuple[str, str]], Redirect | None]:
    """The redirects that would be made, and an old address that would be taken over. Raises NotAllowed."""
    if series.pk == piece.series_id:
        raise NotAllowed(_("It stands there already."))
    if piece.number:
        raise NotAllowed(_("It bears %(number)s, a number of its series, and stays in it.") % {"number": piece.number})
    if Publication.objects.filter(series=series, slug=piece.slug).exists():
        raise NotAllowed(_("Another piece of that series has its address. Change the address first."))
    moved = Publication.objects.select_related("series").get(pk=piece.pk)
    moved.series = series
    return redirects.moves(moved), redirects.taken_from(moved.get_absolute_url()).first()


@transaction.atomic
def to_series(piece: Publication, series: Series, version: int, request: HttpRequest) -> None:
    """Raises NotAllowed when somebody saved it since the page was shown."""
    try:
        held = saving.lock(Publication, piece.pk, version)
    except saving.Conflict:
        raise NotAllowed(_("It was saved in the meantime. Look at it again.")) from None
    held.series = series
    with redirects.following(held):
        held.save()
    saving.record(held, editor(request), _("Moved to %(series)s") % {"series": series})
