"""The Media section and the newsletters of the demonstration: what their records say beyond those of other pieces."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.text import slugify

from editorial import publishing, saving, uploads
from editorial.models import Document, Image, User
from people.models import Person
from publications.models import (
    BulletinItem,
    Newsletter,
    PodcastShow,
    Publication,
    ResourceBlock,
    ResourcePage,
    Series,
)
from research.models import Region, ResearchCentre, Topic
from rsis.demo import lightmark, records
from rsis.demo.records import Record

SHOWS = {
    "The Long Desk": (
        "Harbour Radio",
        "Long conversations with people who have measured something that others have only described.",
        "https://thelongdesk.example/",
    ),
    "Voices From the Edge": (
        "Edge Audio Collective",
        "Letters, visits and voices from borders, islands and the last stop of the bus.",
        "https://voices-edge.example/",
    ),
}
MODELS: dict[str, type[Topic] | type[Region] | type[ResearchCentre]] = {
    "topic": Topic,
    "region": Region,
    "centre": ResearchCentre,
}
# An empty frame of MPEG-2 layer III: 24 milliseconds in which nothing is heard.
SILENCE = b"\xff\xf3\x14\xc0" + bytes(20)
FRAMES_OF_A_MINUTE = 2500


def describe(piece: Publication, record: Record, today: date) -> None:
    """Days, length, captions, podcast, contact and newsletter of a piece that is not saved yet."""
    for line, name in (("delivered_ago", "delivered_on"), ("recorded_ago", "recorded_on")):
        if record.get(line):
            setattr(piece, name, today - timedelta(days=int(record.get(line))))
    minutes = int(record.get("minutes", "0"))
    seconds = crc32(record.key.encode()) % 60
    piece.duration = timedelta(minutes=minutes, seconds=seconds) if minutes else None
    piece.has_captions = record.get("captions") == "yes"
    piece.press_contact = record.get("contact")
    if record.get("show"):
        piece.show, piece.episode_number = _show(record.get("show")), int(record.get("episode"))
    if record.get("enclosure"):
        piece.enclosure_url, piece.enclosure_size = record.get("enclosure"), int(record.get("size"))
        piece.enclosure_type = "audio/mpeg" if piece.enclosure_url.endswith(".mp3") else "audio/mp4"
    if record.get("newsletter"):
        piece.newsletter = Newsletter.objects.get(name=record.get("newsletter"))
        piece.issue_number, piece.issue_year = int(record.get("issue_number")), piece.issued_on.year


def _show(name: str) -> PodcastShow:
    maker, description, home_url = SHOWS[name]
    defaults = {"slug": slugify(name), "maker": maker, "description": description, "home_url": home_url}
    return PodcastShow.objects.get_or_create(name=name, defaults=defaults)[0]


def write_lines(piece: Publication, record: Record, made: dict[str, Publication]) -> None:
    """The lines of an issue: `item: block | key | headline | text`."""
    for position, line in enumerate(record.all("item"), start=1):
        block, key, headline, summary = _parts(line)
        BulletinItem.objects.create(
            issue=piece, position=position, block=block, publication=made[key] if key else None,
            headline=headline, summary=summary,
        )  # fmt: skip


def _parts(line: str) -> tuple[str, str, str, str]:
    found = [part.strip().replace("'", "’") for part in line.split("|")]
    first, second, third, fourth, *_rest = [*found, "", "", "", ""]
    return first, second, third, fourth


def sound(piece: Publication, by: User) -> Document:
    """A minute in which nothing is said, as the piece promises."""
    file = SimpleUploadedFile(f"{piece.slug}.mp3", SILENCE * FRAMES_OF_A_MINUTE, content_type="audio/mpeg")
    piece.duration = timedelta(minutes=1)
    Publication.objects.filter(pk=piece.pk).update(duration=piece.duration)
    return uploads.accept_document(file, Document.Kind.AUDIO, piece.title, by)


def pages(
    made: dict[str, Publication], people: dict[str, Person], images: dict[str, Image], today: date, by: User
) -> None:
    """The resource pages, from texts/media_pages.txt: `line: section | heading | what it takes | text` and
    `line: pin | key | comment | person`."""
    for position, record in enumerate(records.read("media_pages.txt"), start=1):
        if ResourcePage.objects.filter(slug=record.key).exists():
            continue
        page = ResourcePage.objects.create(
            slug=record.key, title=record.get("title"), summary=record.get("summary"), position=position * 10,
            image=images.get(record.get("image")), intro=lightmark.to_html(record.text), created_by=by,
        )  # fmt: skip
        for place, line in enumerate(record.all("line"), start=1):
            _line(page, place, _parts(line), made, people)
        saving.record(page, by)
        morning = datetime.combine(today - timedelta(days=10 * position), time(9), timezone.get_default_timezone())
        publishing.publish(page, morning, by)


def _line(
    page: ResourcePage,
    place: int,
    parts: tuple[str, str, str, str],
    made: dict[str, Publication],
    people: dict[str, Person],
) -> None:
    kind, first, second, third = parts
    row = ResourceBlock(page=page, position=place, kind=kind)
    if kind == ResourceBlock.Kind.PIN:
        row.publication, row.text, row.person = made[first], second, people.get(third)
    else:
        row.heading, row.text = first, third
        for name, value in _taken(second).items():
            setattr(row, name, value)
    row.full_clean()
    row.save()


def _taken(words: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, _sign, value in (word.partition("=") for word in words.split()):
        match name:
            case "newest":
                found[name] = int(value)
            case "by_month":
                found["is_by_month"] = True
            case "series":
                family, _colon, slug = value.rpartition(":")
                found[name] = Series.objects.get(family=family, slug=slug)
            case _:
                found[name] = MODELS[name]._default_manager.get(slug=value)
    return found
