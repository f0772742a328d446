"""Publishing a publication: its number, its printed date and its state change together or not at all."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import publishing, saving
from editorial.models import User, sgt
from editorial.publishing import NotAllowed
from publications import numbering, readiness
from publications.models import NumberEntry, Publication, Series

__all__ = ["NotAllowed", "publish"]


@transaction.atomic
def publish(publication: Publication, at: datetime, by: User | None) -> None:
    """Number the piece if its series is numbered, date it, and make it public from `at` (aware).

    A piece of a yearly series is dated with the day in Singapore on which readers first see it, and its number is of
    that year. It keeps the date and year it has once it was public, or when its number was entered by hand (an old
    piece). Moving a schedule over New Year moves the date, not the number: a number is given once.

    Raises NotAllowed with everything that is missing for readers, editorial.saving.Conflict when the piece was saved
    by somebody else since it was read, and numbering.NumberRefused when no number can be given.
    """
    held = saving.lock(Publication, publication.pk, publication.version)
    errors = [problem.message for problem in readiness.problems(publication) if problem.level == "error"]
    if errors:
        raise NotAllowed(" ".join(errors))
    if publication.embargo_ends_at and at < publication.embargo_ends_at:
        words = _("It is under embargo until %(time)s. Schedule it for then or later, or change the embargo.")
        raise NotAllowed(words % {"time": sgt(publication.embargo_ends_at)})
    publication.number = held.number  # the number desk gives numbers without raising the version
    if _takes_the_day(publication):
        publication.issued_on = timezone.localdate(at)
    if publication.series.is_numbered and not publication.number:
        numbering.allocate(publication, by, publication.issued_on)
    publishing.publish(publication, at, by)


def _takes_the_day(publication: Publication) -> bool:
    seen = publication.first_published_at is not None and publication.first_published_at <= timezone.now()
    yearly = publication.series.number_reset == Series.NumberReset.YEARLY
    by_hand = NumberEntry.objects.filter(publication=publication).exclude(reason="").exists()
    return yearly and not seen and not by_hand and publication.date_precision == Publication.Precision.DAY
