"""In the box in which an item is published: whether subscribers are told, how many, and what they would get. And on the
screens on which an event is moved or cancelled: whether they are told of that.
"""

from typing import Any, TypeIs

from django.contrib.auth import get_permission_codename
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from editorial.desk import editor
from editorial.models import Publishable
from events.models import Event
from publications.models import Publication, Series
from subscriptions import announcing
from subscriptions.models import Notification
from subscriptions.reach import reach_of

ANNOUNCED: dict[str, type[Publishable]] = {"publication": Publication, "event": Event}
# A piece older than this comes from the archive, and is not news unless an editor says so.
NEWS_DAYS = 30
STEPS = {"publish", "schedule"}
TAKEN_BACK = {"draft", "unschedule", "withdraw", "trash"}
# What may become of an event, and the subject of the letter that tells of it.
CHANGES: dict[str, str | Promise] = {
    "move": _("New time or place: %s"),
    "postpone": _("Postponed: %s"),
    "cancel": _("Cancelled: %s"),
    "reinstate": _("It goes ahead: %s"),
}


class NotifyBox:
    def box(self, request: HttpRequest, item: Publishable, step: str = "") -> str:
        if not is_announced(item) or item.deleted_at or not may_notify(request, type(item)):
            return ""
        is_sent = request.method == "POST"
        if step:
            # Whoever has not heard of it has nothing to be told.
            if step not in CHANGES or not item.is_public:
                return ""
            asked = {"reach": reach_of(item), "is_ticked": is_sent and request.POST.get("notify") == "on"}
            return render_to_string("admin/subscriptions/notify_change.html", asked, request=request)
        known = announcing.notification_of(item)
        is_open = not item.is_public and not item.is_withdrawn and (known is None or known.announced_at is None)
        context = {
            "item": item,
            "kind": item._meta.model_name,
            "known": known,
            "is_open": is_open,
            "is_ticked": request.POST.get("notify") == "on" if is_sent else is_news(item),
            "reach": reach_of(item) if is_open else None,
        }
        return render_to_string("admin/subscriptions/notify_box.html", context, request=request)

    def taken(self, request: HttpRequest, item: Any, step: str) -> None:
        if not is_announced(item):
            return
        is_wished = request.POST.get("notify") == "on" and may_notify(request, type(item))
        if is_wished and step in STEPS:
            announcing.wish(item, editor(request))
        elif is_wished and step in CHANGES and isinstance(item, Event) and item.is_public:
            subject = str(CHANGES[step]) % item.title
            announcing.wish(item, editor(request), change=f"{step} {item.sequence}", subject=subject)
        elif step in STEPS | TAKEN_BACK:
            known = announcing.notification_of(item)
            if known and known.state in (Notification.State.HELD, Notification.State.LATE):
                announcing.stop(known, "")


def is_announced(item: Any) -> TypeIs[Publication | Event]:
    return isinstance(item, tuple(ANNOUNCED.values()))


def may_notify(request: HttpRequest, model: type[Publishable]) -> bool:
    meta = model._meta
    return request.user.has_perm(f"{meta.app_label}.{get_permission_codename('publish', meta)}")


def is_news(item: Publication | Event) -> bool:
    """Whether the box is ticked to begin with: of what readers have not seen, a piece of ours of these weeks, or an event to
    come that is not by invitation."""
    is_new = item.first_published_at is None or item.first_published_at > timezone.now()
    if isinstance(item, Event):
        return is_new and not item.is_over and item.audience != Event.Audience.INVITED
    is_ours = item.series.family == Series.Family.INHOUSE
    return is_new and is_ours and (timezone.localdate() - item.issued_on).days <= NEWS_DAYS
