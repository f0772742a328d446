from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from editorial import moments
from editorial.fields import RichTextField
from editorial.models import Document, Image, Publishable
from events.models.listing import EventQuerySet
from people.models import Person
from publications.models import Publication
from research.models import Region, ResearchCentre, Topic

# Addresses of the site's own below /events/, which no event can take.
RESERVED = ("calendar", "past", "registration")


def validate_time_zone(name: str) -> None:
    """An IANA name, never an abbreviation: calendars read `SGT` or `IST` as whatever they like (RFC 5545, 3.2.19)."""
    if ("/" not in name and name != "UTC") or name not in available_timezones():
        raise ValidationError(_("Choose a time zone by the name of a city, such as Asia/Singapore or Europe/London."))


class EventKind(models.Model):
    """Public lecture, seminar, training course ...: a list that editors extend."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("kind of event")
        verbose_name_plural = _("kinds of events")
        ordering: ClassVar[list[str]] = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class EventSeries(models.Model):
    """A line of events with editions, such as a yearly conference."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    description = models.TextField(
        _("description"), blank=True, help_text=_("One or two sentences above the editions.")
    )

    class Meta:
        verbose_name = _("series of events")
        verbose_name_plural = _("series of events")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Event(Publishable):
    """One happening, from its announcement to its report, at one address for its whole life."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Open to the public")
        REGISTERED = "registered", _("Open to the public, with registration")
        INVITED = "invited", _("By invitation")

    class Status(models.TextChoices):
        ON = "on", _("Goes ahead")
        POSTPONED = "postponed", _("Postponed, new date to come")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=300)
    slug = models.SlugField(
        _("address"), max_length=160, unique=True, blank=True,
        help_text=_("The last part of the web address. Changing it leaves a redirect."),
    )  # fmt: skip
    kind = models.ForeignKey(EventKind, models.PROTECT, related_name="events", verbose_name=_("kind"))
    series = models.ForeignKey(
        EventSeries, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("series of events")
    )
    edition = models.CharField(_("edition"), max_length=20, blank=True, help_text=_("The year, or 12th."))
    language = models.CharField(
        _("language"), max_length=12, default="en", help_text=_("The BCP 47 code: en, zh-Hans …")
    )
    summary = models.TextField(_("summary"), blank=True, help_text=_("Two or three sentences of plain text."))
    body = RichTextField(_("text"), blank=True)
    image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("image")
    )
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("programme (PDF)")
    )
    centres = models.ManyToManyField(
        ResearchCentre, blank=True, related_name="events", verbose_name=_("centres and programmes")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="events", verbose_name=_("topics"))
    regions = models.ManyToManyField(Region, blank=True, related_name="events", verbose_name=_("regions"))

    starts_at = models.DateTimeField(_("begins"))
    # Of an event that lasts whole days: midnight after the last one, in its own zone.
    ends_at = models.DateTimeField(_("ends"))
    is_all_day = models.BooleanField(_("whole days"), default=False)
    time_zone = models.CharField(
        _("time zone"), max_length=40, default="Asia/Singapore", validators=[validate_time_zone],
        help_text=_("In which the times are given: Asia/Singapore, Europe/London …"),
    )  # fmt: skip
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    room = models.CharField(_("room"), max_length=100, blank=True)
    address = models.TextField(_("postal address of the venue"), blank=True)
    is_online = models.BooleanField(_("can be joined online"), default=False)
    audience = models.CharField(_("audience"), max_length=10, choices=Audience, default=Audience.PUBLIC)
    audience_note = models.CharField(_("note on the audience"), max_length=200, blank=True)
    is_chatham_house = models.BooleanField(_("under the Chatham House Rule"), default=False)

    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.ON, editable=False)
    status_note = models.CharField(_("what readers are told of it"), max_length=300, blank=True, editable=False)
    previous_starts_at = models.DateTimeField(_("first meant for"), null=True, blank=True, editable=False)
    has_moved_online = models.BooleanField(default=False, editable=False)
    # RFC 5545: what calendars know the event by. Never made from title, address or host, and never given again.
    calendar_uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    calendar_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    recording = models.ForeignKey(
        Publication, models.SET_NULL, null=True, blank=True, related_name="recorded_events", verbose_name=_("recording")
    )
    report = models.ForeignKey(
        Publication, models.SET_NULL, null=True, blank=True, related_name="reported_events", verbose_name=_("report")
    )
    results = models.ManyToManyField(
        Publication, blank=True, related_name="events", verbose_name=_("publications and speeches that came of it")
    )
    transcript = RichTextField(_("transcript"), blank=True)

    objects: ClassVar[Any] = EventQuerySet.as_manager()

    # A change of any of these moves the entry in people's calendars (RFC 5546, 2.1.4). Words do not.
    calendar_fields: ClassVar[tuple[str, ...]] = (
        "starts_at", "ends_at", "is_all_day", "time_zone", "venue", "room", "address", "is_online", "has_moved_online",
        "status",
    )  # fmt: skip
    revision_fields = (
        "title", "slug", "kind", "series", "edition", "language", "summary", "body", "image", "document", "starts_at",
        "ends_at", "is_all_day", "time_zone", "venue", "room", "address", "is_online", "audience", "audience_note",
        "is_chatham_house", "recording", "report", "transcript",
    )  # fmt: skip
    revision_sets = ("centres", "topics", "regions", "results")
    revision_children = ("sessions", "speakers", "photographs")

    class Meta(Publishable.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        permissions = [("publish_event", "Can publish event")]
        ordering: ClassVar[list[str]] = ["-starts_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_it_begins",
                violation_error_message=_("The event ends before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED),
                name="event_leaves_the_sites_own_addresses",
                violation_error_message=_("This address is a page of its own below /events/. Choose another."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["starts_at", "id"], name="event_by_date"),
            models.Index(fields=["ends_at", "id"], name="event_by_end"),
            models.Index(fields=["state", "publish_at"], name="event_visibility"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self.free_slug()
        self._note_calendar_change()
        super().save(*args, **kwargs)

    def _note_calendar_change(self) -> None:
        before = Event.objects.filter(pk=self.pk).values(*self.calendar_fields).first() if self.pk else None
        if before is None:
            return
        if before != {name: getattr(self, name) for name in self.calendar_fields}:
            self.sequence += 1
            self.calendar_changed_at = timezone.now()

    def free_slug(self) -> str:
        """An address made from title and year that no other event has."""
        stem = slugify(f"{self.title[:140]} {self.starts:%Y}").strip("-") or "event"
        taken = set(Event.objects.filter(slug__startswith=stem).exclude(pk=self.pk).values_list("slug", flat=True))
        slug, count = stem, 1
        while slug in taken:
            count += 1
            slug = f"{stem}-{count}"
        return slug

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.slug])

    @property
    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("Events")), reverse("events"))]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def starts(self) -> datetime:
        """By the clock of its own zone."""
        return self.starts_at.astimezone(self.zone)

    @property
    def ends(self) -> datetime:
        return self.ends_at.astimezone(self.zone)

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def first_day(self) -> date:
        return self.starts.date()

    @property
    def last_day(self) -> date:
        """The last day it touches, by the clock of its own zone: an end at midnight belongs to the day before."""
        return (self.ends - timedelta(microseconds=1)).date()

    @property
    def is_over(self) -> bool:
        return self.ends_at <= moments.now()

    @property
    def has_moved(self) -> bool:
        """Whether it was announced for another time."""
        return self.previous_starts_at is not None and self.previous_starts_at != self.starts_at

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def is_in_person(self) -> bool:
        return bool(self.venue) and not self.has_moved_online


class JoiningLink(models.Model):
    """Where those who are registered join online. Apart from the event, so that no page, feed or export can hold it."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="joining_link")
    url = models.URLField(_("joining link"), max_length=500)
    note = models.CharField(_("how to join"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("joining link")
        verbose_name_plural = _("joining links")

    def __str__(self) -> str:
        return f"{self.event}"


class Session(models.Model):
    """A part of the programme."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    title = models.CharField(_("title"), max_length=300)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    room = models.CharField(_("room"), max_length=100, blank=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar[list[str]] = ["starts_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_begins",
                violation_error_message=_("The session ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Speaker(models.Model):
    """Who takes part, in order. Name, post and affiliation stand as announced, whatever the person becomes later."""

    class Role(models.TextChoices):
        SPEAKER = "speaker", _("Speaker")
        CHAIR = "chair", _("Chair")
        MODERATOR = "moderator", _("Moderator")
        DISCUSSANT = "discussant", _("Discussant")
        OPENING = "opening", _("Opening remarks")

    event = models.ForeignKey(Event, models.CASCADE, related_name="speakers")
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="speakers", verbose_name=_("in the session")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.SPEAKER)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="speaking", verbose_name=_("person")
    )
    name = models.CharField(_("name as announced"), max_length=200, blank=True)
    affiliation = models.CharField(_("post and affiliation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(name=""),
                name="speaker_is_somebody",
                violation_error_message=_("Choose a person, or write the name of a guest."),
            )
        ]

    def __str__(self) -> str:
        return self.printed_name

    @property
    def printed_name(self) -> str:
        return self.name or (self.person.name if self.person else "")


class Photograph(models.Model):
    """A picture of the event, for its page afterwards."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="photographs")
    image = models.ForeignKey(Image, models.PROTECT, related_name="+", verbose_name=_("image"))
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.caption or str(self.image)
