"""Taking in what readers send: one row each, and letters that the worker sends, in one transaction."""

import hashlib
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.models import Enquiry, Feedback, Subject
from editorial import addresses
from editorial.models import sgt
from mail import letters
from people.models import Person, StaffProfile

ACKNOWLEDGED_AGAIN_AFTER = timedelta(days=1)


def may_be_asked_for(profile: StaffProfile) -> bool:
    """Whether journalists may ask for somebody with this public profile. The one place that decides it."""
    return profile.is_expert


def expert(slug: str) -> Person | None:
    """The person at an address, if there is a public profile and the press may ask."""
    profile = StaffProfile.objects.published().filter(person__slug=slug).select_related("person").first()
    return profile.person if profile and may_be_asked_for(profile) else None


def press_desk() -> Subject | None:
    return Subject.objects.filter(is_press=True).first()


def receive(subject: Subject, sender: str, email: str, message: str, **more: Any) -> Enquiry:
    """Keep an enquiry, and have the desk told and the writer thanked. Sent twice on one day, it is one enquiry."""
    wanted = [subject.pk, addresses.key_of(email), message, *more.values(), timezone.localdate()]
    print_of = hashlib.sha256("\n".join(map(str, wanted)).encode()).hexdigest()
    try:
        with transaction.atomic():
            enquiry = Enquiry.objects.create(
                subject=subject, name=sender, email=email, message=message, fingerprint=print_of, **more
            )
            for desk in subject.desks:
                title = f"[RSIS] {subject}: {enquiry.name}"
                key = hashlib.sha256(desk.encode()).hexdigest()[:12]
                letters.write(
                    f"enquiry {enquiry.pk} to {key}", ("", desk), title[:250], for_desk(enquiry), reply_to=email
                )
            _acknowledge(enquiry)
    except IntegrityError:
        return Enquiry.objects.get(fingerprint=print_of)
    return enquiry


def for_desk(enquiry: Enquiry) -> str:
    """The letter to the desk: who, what, by when, and where its state is kept."""
    address = settings.SITE_URL.rstrip("/") + reverse("admin:contact_enquiry_change", args=[enquiry.pk])
    facts = [
        (_("From"), f"{enquiry.name} <{addresses.shown(enquiry.email)}>"),
        (_("Subject"), str(enquiry.subject)),
        (_("Expert asked for"), str(enquiry.person or "")),
        (_("Outlet"), enquiry.outlet),
        (_("Medium"), enquiry.get_medium_display() if enquiry.medium else ""),
        (_("Deadline"), deadline_in_words(enquiry)),
    ]
    head = "\n".join(f"{label}: {value}" for label, value in facts if value)
    foot = _("Answer this letter to write to the sender. Note on the desk that it is answered:")
    return f"{head}\n\n{enquiry.message}\n\n-- \n{foot}\n{address}\n"


def deadline_in_words(enquiry: Enquiry) -> str:
    """In Singapore time for the desk, and as the journalist gave it."""
    if enquiry.deadline_at is None:
        return ""
    here = sgt(enquiry.deadline_at)
    if enquiry.deadline_zone in {"", "Asia/Singapore"}:
        return here
    there = enquiry.deadline_at.astimezone(ZoneInfo(enquiry.deadline_zone))
    city = enquiry.deadline_zone.rpartition("/")[2].replace("_", " ")
    return _("%(here)s (%(there)s in %(city)s)") % {
        "here": here, "there": f"{there:%a} {there.day} {there:%b %Y, %H:%M}", "city": city,
    }  # fmt: skip


def _acknowledge(enquiry: Enquiry) -> None:
    """Once for an enquiry, and once a day for an address: a form must not be a means to pester somebody else. Never with the
    message in it, and never to one of our own desks, which could answer for ever."""
    email, subject = enquiry.email, enquiry.subject
    lately = Enquiry.objects.of_address(email).filter(at__gt=timezone.now() - ACKNOWLEDGED_AGAIN_AFTER)
    ours = {addresses.key_of(desk) for desk in subject.desks}
    if not subject.reply.strip() or addresses.key_of(email) in ours or lately.exclude(pk=enquiry.pk).exists():
        return
    text = f"{subject.reply.strip()}\n\n-- \nS. Rajaratnam School of International Studies\n{settings.SITE_URL}\n"
    letters.write(f"enquiry {enquiry.pk} acknowledged", ("", email), _("We have received your enquiry"), text)


def receive_feedback(rating: int, liked: str, improve: str, email: str, page: str) -> None:
    """Keep what a reader thinks. Sent twice on one day, it is one."""
    wanted = [rating, liked, improve, addresses.key_of(email), page, timezone.localdate()]
    words = "\n".join(map(str, wanted))
    # A mere number says nothing of who sent it: two readers who rate alike are two.
    unique = "" if liked or improve or email else str(timezone.now())
    Feedback.objects.bulk_create(
        [
            Feedback(
                rating=rating, liked=liked, improve=improve, email=email, page=page, release=settings.RELEASE,
                fingerprint=hashlib.sha256(f"{words}{unique}".encode()).hexdigest(),
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
