"""Reader responses: taken in, held, and shown only after an editor has read them."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone

from editorial.models import User
from publications.models import Publication, ReaderResponse


def receive(publication: Publication, *, name: str, affiliation: str, email: str, text: str) -> ReaderResponse:
    """Hold a response for the editors. The same words from the same address, sent twice, are one response."""
    print_of = hashlib.sha256(f"{publication.pk}\n{email.casefold()}\n{' '.join(text.split())}".encode()).hexdigest()
    try:
        with transaction.atomic():
            return ReaderResponse.objects.create(
                publication=publication,
                name=name,
                affiliation=affiliation,
                email=email,
                text=text,
                fingerprint=print_of,
            )
    except IntegrityError:
        return ReaderResponse.objects.get(fingerprint=print_of)


def judge(response: ReaderResponse, verdict: ReaderResponse.Verdict, by: User) -> None:
    """Approve or refuse; either can be changed later."""
    response.verdict, response.judged_by, response.judged_at = verdict, by, timezone.now()
    response.save(update_fields=["verdict", "judged_by", "judged_at"])
