from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from editorial.fields import RichTextField
from editorial.models import Image


class PodcastShow(models.Model):
    """A programme, ours or another's, whose episodes are publications. Readers see it once it has one of them."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    maker = models.CharField(
        _("made by"), max_length=150, blank=True, help_text=_("The station or institution. Leave empty for the school.")
    )
    description = models.TextField(_("description"), blank=True, help_text=_("Two or three sentences."))
    home_url = models.URLField(
        _("its own site"), max_length=500, blank=True, help_text=_("Where the makers present it themselves.")
    )
    image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("picture"),
        help_text=_("Square, as programs for podcasts show it."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("podcast")
        verbose_name_plural = _("podcasts")
        ordering: ClassVar[list[str]] = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("show", args=[self.slug])

    def get_feed_url(self) -> str:
        return reverse("show-rss", args=[self.slug])


class MediaFields(models.Model):
    """What only news releases, speeches and recordings have, beside what every publication has."""

    class Medium(models.TextChoices):
        VIDEO = "video", _("Video")
        AUDIO = "audio", _("Audio")

    venue = models.CharField(
        _("place"), max_length=200, blank=True, help_text=_("Where it was issued, said or recorded, such as Singapore.")
    )
    # News releases.
    embargo_ends_at = models.DateTimeField(
        _("embargo ends"), null=True, blank=True,
        help_text=_("Shown in previews. The release cannot become public before this time (Singapore)."),
    )  # fmt: skip
    notes_to_editors = RichTextField(_("notes to editors"), blank=True)
    press_contact = models.TextField(
        _("contact for the press"), blank=True, help_text=_("Leave empty to print the contact of the series.")
    )
    # Speeches and recordings.
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)
    medium = models.CharField(
        _("kind of recording"), max_length=5, choices=Medium, blank=True,
        help_text=_("Leave empty to tell it from the file or the address."),
    )  # fmt: skip
    has_captions = models.BooleanField(
        _("has captions"), default=False, help_text=_("Those who cannot hear can read along while it plays.")
    )
    # Episodes.
    show = models.ForeignKey(
        PodcastShow, models.PROTECT, null=True, blank=True, related_name="episodes", verbose_name=_("podcast")
    )
    episode_number = models.PositiveIntegerField(_("episode"), null=True, blank=True)
    enclosure_url = models.URLField(
        _("sound file elsewhere"), max_length=500, blank=True,
        help_text=_("The file that the makers’ own feed names. Programs for podcasts play it; our pages only link to it."),
    )  # fmt: skip
    enclosure_type = models.CharField(
        _("its type"), max_length=40, blank=True,
        validators=[RegexValidator(r"^(?:audio|video)/[a-z0-9.+-]+$", _("Such as audio/mpeg, audio/mp4 or video/mp4."))],
    )  # fmt: skip
    enclosure_size = models.PositiveBigIntegerField(_("its size in bytes"), null=True, blank=True)

    class Meta:
        abstract = True


# For the revisions of a publication.
MEDIA_FIELDS = (
    "venue", "embargo_ends_at", "notes_to_editors", "press_contact", "delivered_on", "recorded_on", "medium",
    "has_captions", "show", "episode_number", "enclosure_url", "enclosure_type", "enclosure_size",
)  # fmt: skip
