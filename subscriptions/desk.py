"""In the box in which a publication is published: whether subscribers are told, how many, and what they would get."""

from typing import Any

from django.contrib.auth import get_permission_codename
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from editorial.desk import editor
from editorial.models import Publishable
from publications.models import Publication, Series
from subscriptions import announcing, matching
from subscriptions.models import Notification

# A piece older than this comes from the archive, and is not news unless an editor says so.
NEWS_DAYS = 30
STEPS = {"publish", "schedule"}
TAKEN_BACK = {"draft", "unschedule", "withdraw", "trash"}


class NotifyBox:
    def box(self, request: HttpRequest, item: Publishable) -> str:
        if not isinstance(item, Publication) or item.deleted_at or not may_notify(request):
            return ""
        known = announcing.notification_of(item)
        is_open = not item.is_public and not item.is_withdrawn and (known is None or known.announced_at is None)
        context = {
            "item": item,
            "known": known,
            "is_open": is_open,
            "is_ticked": request.POST.get("notify") == "on" if request.method == "POST" else is_news(item),
            "reach": matching.reach_of(item) if is_open else None,
        }
        return render_to_string("admin/subscriptions/notify_box.html", context, request=request)

    def taken(self, request: HttpRequest, item: Any, step: str) -> None:
        if not isinstance(item, Publication):
            return
        if step in STEPS and request.POST.get("notify") == "on" and may_notify(request):
            announcing.wish(item, editor(request))
            return
        known = announcing.notification_of(item) if step in STEPS | TAKEN_BACK else None
        if known and known.state in (Notification.State.HELD, Notification.State.LATE):
            announcing.stop(known, "")


def may_notify(request: HttpRequest) -> bool:
    return request.user.has_perm(f"publications.{get_permission_codename('publish', Publication._meta)}")


def is_news(piece: Publication) -> bool:
    """Whether the box is ticked to begin with: of a piece of ours of these weeks that readers have not seen."""
    is_ours = piece.series.family == Series.Family.INHOUSE
    is_new = piece.first_published_at is None or piece.first_published_at > timezone.now()
    return is_ours and is_new and (timezone.localdate() - piece.issued_on).days <= NEWS_DAYS
