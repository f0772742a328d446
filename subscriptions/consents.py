"""What people agreed to, word for word. A wording that was shown once stays here for as long as records name it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from subscriptions.models import ConsentRecord, Subscriber

# By the version that a record names; a change of words is a new entry.
WORDINGS = {
    "2026-11": _(
        "RSIS writes to this address about the lists chosen above, and for nothing else. Every letter has a link with which "
        "you leave the list at once. The address is given to nobody, and nothing is sent before you confirm."
    ),
}
CURRENT = "2026-11"
ALL = "all"  # every list, as a purpose


def wording() -> str:
    return str(WORDINGS[CURRENT])


def record(subscriber: Subscriber, step: str, purposes: Iterable[str], source: str) -> None:
    ConsentRecord.objects.bulk_create(
        ConsentRecord(subscriber=subscriber, step=step, purpose=purpose, wording=CURRENT, source=source)
        for purpose in purposes
    )
