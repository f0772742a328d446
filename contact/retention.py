"""What is not kept: addresses of feedback after half a year, junk after a month, settled enquiries after two years."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from contact.models import Enquiry, Feedback
from editorial import logs

ADDRESS_OF_FEEDBACK = timedelta(days=183)
SPAM = timedelta(days=30)
SETTLED = timedelta(days=730)


def erase_old() -> int:
    """Nightly; how many were erased stands in the log, never whose."""
    now = timezone.now()
    old = Feedback.objects.exclude(email="").filter(at__lt=now - ADDRESS_OF_FEEDBACK)
    addresses = old.update(email="")
    spam = Q(state=Enquiry.State.SPAM, at__lt=now - SPAM)
    settled = Q(state__in=[Enquiry.State.ANSWERED, Enquiry.State.CLOSED], at__lt=now - SETTLED)
    enquiries = Enquiry.objects.filter(spam | settled).delete()[0]
    if addresses or enquiries:
        logs.event("old personal data erased", feedback_addresses=addresses, enquiries=enquiries)
    return addresses + enquiries
