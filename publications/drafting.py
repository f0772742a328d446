"""A draft from an author's Word file."""

import re
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from editorial.docx import read_docx
from editorial.models import User
from editorial.saving import record
from people.matching import namesakes
from people.naming import about, affiliation
from publications.models import Authorship, Publication, Series


@transaction.atomic
def draft_from_docx(
    file: IO[bytes], series: Series, by: User, *, accept_changes: bool = False, fallback_title: str = ""
) -> tuple[Publication, list[str]]:
    """Save a new draft and return it with the lines an editor should read.

    Authors are named only where exactly one person bears the name. Raises editorial.docx_file.DocxError with words.
    """
    found = read_docx(file, accept_changes=accept_changes)
    piece = Publication.objects.create(
        series=series,
        title=(found.title or fallback_title or _("Untitled"))[:300],
        synopsis=found.synopsis,
        body=found.body,
        allow_responses=series.allows_responses,
        created_by=by,
        updated_by=by,
    )
    report = [*found.report, *_name_authors(piece, found.byline)]
    record(piece, by, _("Draft from a Word file"))
    return piece, report


def _name_authors(piece: Publication, byline: str) -> list[str]:
    report = []
    names = [name.strip() for name in re.split(r",|;|&|\band\b", byline) if name.strip()]
    position = 0
    for name in dict.fromkeys(names):
        people = namesakes(name)
        if len(people) != 1:
            report.append(_("The byline names “%(name)s”. Add this author by hand.") % {"name": name})
            continue
        position += 1
        Authorship.objects.create(
            publication=piece,
            person=people[0],
            position=position,
            printed_name=people[0].name,
            printed_affiliation=affiliation(people[0]),
            printed_note=about(people[0]),
        )
    return report
