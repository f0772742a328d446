"""Everything this room holds about one e-mail address: to give it out, and to erase it (PDPA)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contact.models import Enquiry, Feedback
from editorial import addresses, logs
from editorial.models import User
from mail import letters
from mail.models import Letter


def about(address: str, by: User | None = None) -> dict[str, list[dict[str, Any]]]:
    """In plain values, as they can be handed to the person who asks."""
    key = addresses.key_of(address)
    logs.event("personal data given out", user=by.pk if by else None)
    return {
        "enquiries": [
            {
                "received": one.at.isoformat(), "subject": str(one.subject), "name": one.name, "email": one.email,
                "message": one.message, "outlet": one.outlet, "expert": str(one.person or ""),
                "deadline": one.deadline_at.isoformat() if one.deadline_at else "", "state": one.state, "notes": one.notes,
            }
            for one in Enquiry.objects.of_address(key).select_related("subject", "person")
        ],
        "feedback": [
            {
                "received": one.at.isoformat(), "rating": one.rating, "liked": one.liked, "improve": one.improve,
                "email": one.email, "page": one.page,
            }
            for one in Feedback.objects.filter(email__iexact=key)
        ],
        "letters": [
            {"written": one.created_at.isoformat(), "subject": one.subject, "state": one.state}
            for one in Letter.objects.filter(Q(to_address__iexact=key) | Q(reply_to__iexact=key))
        ],
    }  # fmt: skip


@transaction.atomic
def erase(address: str, by: User | None = None, before: datetime | None = None) -> int:
    """Enquiries and letters go; of feedback the number stays, without a word of the person. Returns how many rows.

    With `before`, only what was received up to then.
    """
    key, until = addresses.key_of(address), before or timezone.now()
    count = Enquiry.objects.of_address(key).filter(at__lte=until).delete()[0] + letters.forget(key, until)
    count += Feedback.objects.filter(email__iexact=key, at__lte=until).update(email="", liked="", improve="")
    logs.event("personal data erased", rows=count, user=by.pk if by else None)
    return count
