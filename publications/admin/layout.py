"""Which fields a piece has, by the kind of its series, in the order in which its page is read."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from publications.models import Series

Shape = Series.Shape
Fieldset = tuple[Any, dict[str, Any]]

PARTICULARS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    Shape.BOOK: (_("The book"), ("publisher", "isbn", "pages", "doi", "external_url")),
    Shape.JOURNAL: (_("Issue or article"), (("volume", "issue", "pages"), "part_of", "articles", "doi", "isbn")),
    Shape.EXTERNAL: (
        _("Where it was published"),
        ("host_publication", "publisher", ("volume", "issue", "pages"), "doi", "isbn", "external_url"),
    ),
    Shape.SPEECH: (_("Recording"), ("media_url", "recording_now", "new_recording", "duration")),
    Shape.RECORDING: (_("Transcript"), ("transcript",)),
    Shape.PAPER: (_("Identifiers"), ("doi", "isbn", "pages")),
    Shape.NEWSLETTER: (_("Elsewhere"), ("external_url",)),
    Shape.NEWS: (_("For editors"), ("notes_to_editors", "press_contact", "external_url")),
}
# What readers meet before the picture and the text.
BEFORE_TEXT: dict[str, tuple[tuple[Any, tuple[Any, ...]], ...]] = {
    Shape.SPEECH: ((_("Occasion"), ("occasion", "venue", "delivered_on")),),
    Shape.RECORDING: (
        (
            _("The recording"),
            (
                "media_url", "recording_now", "new_recording", ("medium", "duration", "has_captions"), "recorded_on", "venue",
            ),
        ),
        (
            _("Episode of a podcast"),
            (("show", "episode_number"), "enclosure_url", ("enclosure_type", "enclosure_size")),
        ),
    ),
    Shape.NEWS: ((_("Place and embargo"), ("venue", "embargo_ends_at")),),
    Shape.NEWSLETTER: ((_("Issue"), ("newsletter", ("issue_number", "issue_year"))),),
}  # fmt: skip


def fieldsets_for(series: Series) -> list[Fieldset]:
    """The authors' rows come between the title and the synopsis: the template puts them after the first fieldset."""
    picture = (
        "image",
        "image_caption",
        "new_image",
        "new_image_alt",
        "new_image_is_decorative",
        "new_image_credit",
    )
    first: Fieldset = (None, {"fields": ("place", "title"), "classes": ("head",)})
    fieldsets = [
        first,
        (series.synopsis_label or _("Synopsis"), {"fields": ("synopsis",), "classes": ("unlabelled",)}),
        *((name, {"fields": fields}) for name, fields in BEFORE_TEXT.get(series.shape, ())),
        (_("Image"), {"fields": picture}),
        (series.body_label or _("Text"), {"fields": ("body",), "classes": ("unlabelled", "text")}),
    ]
    particulars = PARTICULARS.get(series.shape)
    if particulars:
        fieldsets.append((particulars[0], {"fields": particulars[1]}))
    is_typeset = series.family == Series.Family.INHOUSE and series.shape != Shape.BOOK
    typeset = ("typeset_now",) if is_typeset else ()
    fieldsets += [
        (
            _("Topics, regions and centres"),
            {"fields": ("topics", "regions", "centres", "tags"), "classes": ("facets",)},
        ),
        (_("Date"), {"fields": (("issued_on", "date_precision"),)}),
        (_("PDF"), {"fields": ("document_now", *typeset, "new_document")}),
        (_("Address, language and responses"), {"fields": ("responds_to", "slug", "language", "allow_responses")}),
        (_("Abbreviations"), {"fields": ("plain_abbreviations",)}),
    ]
    return fieldsets


def form_fields(fieldsets: list[Fieldset]) -> list[str]:
    names: list[str] = []
    for _name, options in fieldsets:
        for entry in options["fields"]:
            names.extend(entry if isinstance(entry, tuple) else (entry,))
    return names
