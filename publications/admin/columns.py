"""What lists and forms show about a publication, as functions that the desk's classes take over."""

from typing import Any

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from editorial.models import Document, State, sgt
from publications import bulletins, numbering
from publications.models import Publication


@admin.display(description=gettext_lazy("image"))
def picture(desk: Any, item: Publication) -> SafeString:
    if item.image is None:
        return format_html(
            '<span class="thumb thumb-none" aria-hidden="true">{}</span>', item.series.prefix or item.series.name[:1]
        )
    address = reverse("admin:editorial_image_thumbnail", args=[item.image.pk, item.image.sha256[:16]])
    return format_html('<img class="thumb" src="{}" alt="" width="72" height="48" loading="lazy">', address)


@admin.display(description=gettext_lazy("number"), ordering="number")
def number(desk: Any, item: Publication) -> str:
    return item.number or "–"


@admin.display(description=gettext_lazy("title"), ordering="title")
def headline(desk: Any, item: Publication) -> str:
    return item.title


NEXT_STEPS = {
    State.DRAFT: gettext_lazy("Next: submit for review"),
    State.IN_REVIEW: gettext_lazy("Next: publish or schedule"),
}


@admin.display(description=gettext_lazy("state and next step"), ordering="publish_at")
def standing(desk: Any, item: Publication) -> SafeString:
    key = "scheduled" if item.is_scheduled else item.state
    step = "" if item.deleted_at else NEXT_STEPS.get(State(item.state), "")
    return format_html(
        '<span class="state state-{}">{}</span> <span class="quiet step">{}</span>', key, item.standing, step
    )


@admin.display(description=gettext_lazy("authors"))
def byline(desk: Any, item: Publication) -> str:
    names = [row.name for row in item.authorships.all()]
    shown = ", ".join(names[:3])
    more = len(names) - 3
    return shown + (ngettext(" and %d more", " and %d more", more) % more if more > 0 else "")


@admin.display(description=gettext_lazy("last saved"), ordering="updated_at")
def saved(desk: Any, item: Publication) -> SafeString:
    who = item.updated_by.get_full_name() or item.updated_by.get_username() if item.updated_by else ""
    moment = timezone.localtime(item.updated_at)
    return format_html(
        '<span class="when">{} <span class="quiet">{}</span></span>', f"{moment.day} {moment:%b %Y, %H:%M}", who
    )


@admin.display(description=gettext_lazy("series and number"))
def place(desk: Any, item: Publication | None) -> SafeString:
    if item is None or item.series_id is None:
        return SafeString("")
    series = item.series
    if item.number:
        return format_html('{} <b class="number">{}</b>', series.name, item.number)
    move = SafeString("")
    if item.pk:
        where = reverse("admin:publications_publication_move", args=[item.pk])
        move = format_html(' <a href="{}">{}</a>', where, _("Move to another series"))
    if not series.is_numbered:
        return format_html("{}{}", series.name, move)
    coming = numbering.next_number(series, item.issued_on)
    return format_html(
        '{} <span class="quiet">{}</span>{}',
        series.name,
        _("Next number: %(number)s, given at scheduling or publication.") % {"number": coming},
        move,
    )


def describe_file(document: Document | None) -> SafeString:
    """Version, size, pages, date and a warning for a scan; the link goes to the file itself, for staff."""
    if document is None or document.current is None:
        return format_html('<span class="quiet">{}</span>', _("None yet."))
    version = document.current
    facts = [
        _("version %d") % version.number,
        filesizeformat(version.size),
        ngettext("%d page", "%d pages", version.pages) % version.pages if version.pages else "",
        sgt(version.uploaded_at),
    ]
    warning = SafeString("")
    if not version.has_text:
        warning = format_html(
            '<p class="warning">{}</p>',
            _("This PDF has no text layer: it is a scan. Readers cannot search it, and screen readers cannot read it."),
        )
    return format_html(
        '<a href="{}">{}</a> <span class="quiet">{}</span>{}',
        reverse("admin:editorial_document_change", args=[document.pk]),
        version.original_name,
        ", ".join(str(fact) for fact in facts if fact),
        warning,
    )


@admin.display(description=gettext_lazy("PDF now"))
def document_now(desk: Any, item: Publication | None) -> SafeString:
    return describe_file(item.document if item else None)


@admin.display(description=gettext_lazy("typeset PDF"))
def typeset_now(desk: Any, item: Publication | None) -> str:
    """In a sentence: what readers get, or when and why not."""
    row = getattr(item, "typeset", None) if item and item.pk else None
    if item and item.document and item.document.current:
        return _("Not needed: the uploaded PDF takes precedence.")
    if item is None or row is None:
        return _("None. One is made by itself, soon after the piece is scheduled or published with a text.")
    if row.due_at is None and row.failed:
        return _("Could not be made: %(reason)s It is tried again when the piece is saved.") % {"reason": row.failed}
    if not item.body and not bulletins.blocks(item):
        return _("None: there is no text to set.")
    if not row.may_be_offered(item):
        return _("Being made. Until then readers get none.")
    facts = {"time": sgt(row.made_at), "pages": ngettext("%d page", "%d pages", row.pages) % row.pages}
    if row.is_of(item):
        return _("Made %(time)s, %(pages)s.") % facts
    return _("Made %(time)s, %(pages)s. A new one is being made of the text as saved since.") % facts


@admin.display(description=gettext_lazy("recording held here"))
def recording_now(desk: Any, item: Publication | None) -> SafeString:
    return describe_file(item.recording if item else None)


@admin.display(description=gettext_lazy("articles in this issue"))
def articles(desk: Any, item: Publication | None) -> SafeString:
    rows = item.parts.present().order_by("pages", "pk") if item and item.pk else Publication.objects.none()
    if not rows:
        return format_html('<span class="quiet">{}</span>', _("None. An article names its issue in its own form."))
    lines = format_html_join(
        "",
        '<li><a href="{}">{}</a> {}</li>',
        ((reverse("admin:publications_publication_change", args=[row.pk]), row.title, row.pages) for row in rows),
    )
    return format_html("<ol>{}</ol>", lines)
