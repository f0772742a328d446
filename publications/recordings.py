"""Recordings held by others: which services may be embedded, and what a page says of a recording, a speech, a release.

Nothing of a service is loaded before a reader asks for it by a click, and then only from the frame address listed here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial.models import Document
from publications.models import Publication, Series

Shape = Series.Shape


@dataclass(frozen=True)
class Provider:
    name: str
    hosts: frozenset[str]
    origin: str  # of the frame: the only address the page's policy then lets in
    frame: Callable[[SplitResult], str]  # the part of the frame's address after the origin, or nothing
    shows_pictures: bool


@dataclass(frozen=True)
class Player:
    provider: str
    origin: str
    url: str


def _youtube(parts: SplitResult) -> str:
    given = parse_qs(parts.query).get("v")
    key = given[0] if given else parts.path.strip("/").rpartition("/")[2]
    is_one = bool(given) or parts.hostname == "youtu.be" or parts.path.startswith(("/embed/", "/live/", "/shorts/"))
    return f"/embed/{quote(key, safe='')}?autoplay=1" if key and is_one else ""


def _vimeo(parts: SplitResult) -> str:
    key = parts.path.strip("/")
    return f"/video/{key}?autoplay=1&dnt=1" if key.isascii() and key.isdigit() else ""


def _soundcloud(parts: SplitResult) -> str:
    return f"/player/?auto_play=true&url={quote(parts.geturl(), safe='')}" if parts.path.strip("/") else ""


def _spotify(parts: SplitResult) -> str:
    before, _slash, key = parts.path.strip("/").rpartition("/")
    kind = before.rpartition("/")[2]
    return f"/embed/{kind}/{key}" if kind in {"episode", "show"} and key.isascii() and key.isalnum() else ""


def _apple(parts: SplitResult) -> str:
    episode = parse_qs(parts.query).get("i", [""])[0]
    query = f"?i={episode}" if episode.isascii() and episode.isdigit() else ""
    return quote(parts.path, safe="/") + query if "/podcast/" in parts.path else ""


PROVIDERS = (
    Provider("YouTube", frozenset({"youtube.com", "youtu.be"}), "https://www.youtube-nocookie.com", _youtube, True),
    Provider("Vimeo", frozenset({"vimeo.com"}), "https://player.vimeo.com", _vimeo, True),
    Provider("SoundCloud", frozenset({"soundcloud.com"}), "https://w.soundcloud.com", _soundcloud, False),
    Provider("Spotify", frozenset({"open.spotify.com"}), "https://open.spotify.com", _spotify, False),
    Provider("Apple Podcasts", frozenset({"podcasts.apple.com"}), "https://embed.podcasts.apple.com", _apple, False),
)


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ""


def provider_of(address: str) -> Provider | None:
    host = host_of(address)
    return next((one for one in PROVIDERS if host in one.hosts), None)


def player(address: str) -> Player | None:
    """What may be embedded for an address, or None: then there is only the link."""
    provider = provider_of(address)
    path = provider.frame(urlsplit(address)) if provider else ""
    return Player(provider.name, provider.origin, provider.origin + path) if provider and path else None


def is_video(piece: Publication) -> bool:
    """By what an editor chose; else by the file held here; else by the service."""
    if piece.medium:
        return piece.medium == Publication.Medium.VIDEO
    if piece.recording:
        return piece.recording.kind == Document.Kind.VIDEO
    provider = provider_of(piece.media_url)
    return provider is not None and provider.shows_pictures


def way_out(piece: Publication) -> str:
    """The words of the link to a recording at its own place, such as “Watch on YouTube”."""
    provider = provider_of(piece.media_url)
    words = _("Watch on %(place)s") if is_video(piece) else _("Listen on %(place)s")
    return words % {"place": provider.name if provider else host_of(piece.media_url)}


def in_words(duration: timedelta) -> str:
    """`1 hour 5 minutes`; seconds only below a minute."""
    seconds = int(duration.total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    parts = [
        ngettext("%d hour", "%d hours", hours) % hours if hours else "",
        ngettext("%d minute", "%d minutes", minutes) % minutes if minutes else "",
    ]
    return " ".join(part for part in parts if part) or ngettext("%d second", "%d seconds", seconds) % seconds


def iso(duration: timedelta | None) -> str:
    """ISO 8601: `PT1H5M`, with seconds where there are some."""
    if duration is None:
        return ""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number}{letter}" for number, letter in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number]
    return "PT" + ("".join(parts) or "0S")


def facts(piece: Publication) -> Iterator[tuple[str, str, str]]:
    """Label, value and address (or nothing) of what only media have. The place of a release stands in its dateline."""
    shape = piece.series.shape
    for label, day in ((_("Delivered on"), piece.delivered_on), (_("Recorded on"), piece.recorded_on)):
        yield label, formats.date_format(day, "j F Y") if day else "", ""
    if shape != Shape.NEWS:
        yield _("Venue") if shape == Shape.SPEECH else _("Place"), piece.venue, ""
    if piece.show:
        yield _("Podcast"), piece.show.name, piece.show.get_absolute_url()
        yield _("Made by"), piece.show.maker, ""
        yield _("Episode"), str(piece.episode_number or ""), ""
    yield _("Duration"), in_words(piece.duration) if piece.duration else "", ""
    if shape == Shape.RECORDING:
        yield _("Kind"), str((Publication.Medium.VIDEO if is_video(piece) else Publication.Medium.AUDIO).label), ""
        if is_video(piece):
            yield _("Captions"), _("Yes") if piece.has_captions else _("No"), ""
