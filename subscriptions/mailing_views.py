"""The public copy of a mailing: the same words, without a trace of any reader."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from editorial.metadata import absolute
from editorial.metadata import page as page_metadata
from subscriptions import composing, digests
from subscriptions.models import Notification, Subscription


@require_safe
def mailing(request: HttpRequest, pk: int) -> HttpResponse:
    """Of a digest, all that it could hold: each reader's has what they follow. What was withdrawn since leaves its notice."""
    held = get_object_or_404(Notification, pk=pk, announced_at__isnull=False)
    keys = None
    if held.occasion and held.announced_at:
        frequency = Subscription.Frequency(held.occasion.partition(" ")[0])
        found = digests.items_between(held.announced_at - digests.NEW_FOR[frequency], held.announced_at)
        keys = [one.pk for one in found][: digests.MOST_ITEMS]
    letter = composing.of_notification(held, keys, with_gone=True)
    if letter is None:
        raise Http404
    context = {
        "mailing": letter,
        "sent_at": held.announced_at,
        "postal": composing.postal_line(),
        "metadata": page_metadata(letter.subject, absolute(request.path), []),
    }
    answer = render(request, "subscriptions/mailing_page.html", context)
    answer["X-Robots-Tag"] = "noindex"  # the pieces themselves are to be found
    return answer
