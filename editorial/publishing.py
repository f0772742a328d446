"""The steps of an item between draft and public, each one transaction with a revision. Who may is asked elsewhere."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import logs
from editorial.models import Publishable, State, User, sgt
from editorial.saving import record


class NotAllowed(Exception):
    """The step does not follow from where the item stands. The message is for the editor."""


@transaction.atomic
def submit(item: Publishable, by: User | None) -> None:
    """From draft to review."""
    _require(item, {State.DRAFT}, _("Only a draft can be submitted for review."))
    _move(item, State.IN_REVIEW, by, _("Submitted for review"))


@transaction.atomic
def return_to_draft(item: Publishable, by: User | None) -> None:
    """From review, or from a schedule that has not come due, back to draft. What was public is withdrawn instead."""
    if item.is_public:
        raise NotAllowed(_("Readers have seen this item. Withdraw it, with a reason, instead."))
    _require(item, {State.IN_REVIEW, State.PUBLISHED}, _("The item is a draft already."))
    item.publish_at = None
    _move(item, State.DRAFT, by, _("Returned to draft"))


@transaction.atomic
def publish(item: Publishable, at: datetime, by: User | None) -> None:
    """Make the item public from `at` (aware; in the future it is scheduled, and becomes public by itself).

    `first_published_at` is set once: a later publication of the same item does not move it.
    """
    if item.deleted_at is not None:
        raise NotAllowed(_("The item is in the trash. Restore it first."))
    if item.is_public:
        raise NotAllowed(_("The item is public already."))
    never_seen = item.first_published_at is None or item.first_published_at > timezone.now()
    item.publish_at = at
    if never_seen:
        item.first_published_at = at
    item.withdrawn_at, item.withdrawal_reason = None, ""
    note = _("Published") if at <= timezone.now() else _("Scheduled for %(time)s") % {"time": sgt(at)}
    _move(item, State.PUBLISHED, by, note)


@transaction.atomic
def withdraw(item: Publishable, reason: str, by: User | None) -> None:
    """Take a public item away from readers: its address answers with title, authors, date and this reason."""
    if not item.is_public:
        raise NotAllowed(_("Only a public item can be withdrawn."))
    if not reason.strip():
        raise NotAllowed(_("Give the reason. Readers will see it in place of the text."))
    item.withdrawn_at, item.withdrawal_reason = timezone.now(), reason.strip()
    item.changed_at = item.withdrawn_at
    _move(item, State.WITHDRAWN, by, _("Withdrawn"))


@transaction.atomic
def reinstate(item: Publishable, by: User | None) -> None:
    """Make a withdrawn item public again, under its first date."""
    _require(item, {State.WITHDRAWN}, _("The item is not withdrawn."))
    item.publish_at = item.first_published_at or timezone.now()
    item.changed_at = timezone.now()
    item.withdrawn_at, item.withdrawal_reason = None, ""
    _move(item, State.PUBLISHED, by, _("Reinstated"))


def _require(item: Publishable, states: set[State], words: str) -> None:
    if item.state not in states:
        raise NotAllowed(words)


def _move(item: Publishable, state: State, by: User | None, note: str) -> None:
    item.state = state
    if state in (State.DRAFT, State.IN_REVIEW) and item.first_published_at and item.first_published_at > timezone.now():
        item.first_published_at = None
    item.save()
    record(item, by, note)
    logs.event("step", item=f"{item._meta.label_lower} {item.pk}", state=str(state), user=by.pk if by else None)
