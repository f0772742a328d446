"""News releases, speeches, recordings and podcasts."""

import json
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import DjangoAssertNumQueries

from editorial import preview
from editorial.models import Document, State
from editorial.uploads import UploadRefused, accept_document
from publications import publishing, recordings
from publications.models import Publication
from tests.factories import PersonFactory, PodcastShowFactory, PublicationFactory, SeriesFactory, UserFactory

pytestmark = pytest.mark.django_db

SPACES = {"itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd", "podcast": "https://podcastindex.org/namespace/1.0"}
MP3 = (b"\xff\xf3\x14\xc0" + bytes(20)) * 50


def page_of(client: Client, piece: Publication) -> str:
    return client.get(piece.get_absolute_url()).content.decode()


def podcasts() -> object:
    return SeriesFactory.create(media=True, slug="podcasts", name="External Podcasts")


def episode(**fields: object) -> Publication:
    known = {"enclosure_url": "https://media.example.org/1.mp3", "enclosure_type": "audio/mpeg", "enclosure_size": 7}
    return PublicationFactory.create(published=True, **known | fields)


# --- Players ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "frame"),
    [
        ("https://www.youtube.com/watch?v=abc-1", "https://www.youtube-nocookie.com/embed/abc-1?autoplay=1"),
        ("https://m.youtube.com/live/abc", "https://www.youtube-nocookie.com/embed/abc?autoplay=1"),
        ("https://youtu.be/abc", "https://www.youtube-nocookie.com/embed/abc?autoplay=1"),
        ("https://vimeo.com/123", "https://player.vimeo.com/video/123?autoplay=1&dnt=1"),
        (
            "https://soundcloud.com/rsis/a",
            "https://w.soundcloud.com/player/?auto_play=true&url=https%3A%2F%2Fsoundcloud.com%2Frsis%2Fa",
        ),
        ("https://open.spotify.com/intl-de/episode/4rO", "https://open.spotify.com/embed/episode/4rO"),
        (
            "https://podcasts.apple.com/sg/podcast/desk/id15?i=16&x=1",
            "https://embed.podcasts.apple.com/sg/podcast/desk/id15?i=16",
        ),
        ("https://www.youtube.com/@rsis", None),
        ("https://evil-youtube.com/watch?v=abc", None),
        ("https://example.org/watch?v=abc", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_only_listed_services_are_embedded(address: str, frame: str | None) -> None:
    found = recordings.player(address)
    assert (found.url if found else None) == frame


def test_only_the_frame_of_this_recording_is_let_in_and_nothing_of_it_is_loaded_before_a_click(client: Client) -> None:
    series = SeriesFactory.create(media=True)
    piece = PublicationFactory.create(published=True, series=series, media_url="https://vimeo.com/123")
    silent = PublicationFactory.create(published=True, series=series)
    response = client.get(piece.get_absolute_url())
    policy = response["Content-Security-Policy"]
    assert re.findall(r"frame-src ([^;]+)", policy) == ["https://player.vimeo.com"]
    assert re.findall(r"frame-src [^;]*vimeo", client.get(silent.get_absolute_url())["Content-Security-Policy"]) == []
    page = response.content.decode()
    assert "<iframe" not in page
    assert '<a href="https://vimeo.com/123" rel="noopener">Watch on Vimeo</a>' in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"media_url": "https://youtu.be/x"}, "Watch on YouTube"),
        ({"media_url": "https://youtu.be/x", "medium": "audio"}, "Listen on YouTube"),
        ({"media_url": "https://open.spotify.com/episode/1"}, "Listen on Spotify"),
        ({"media_url": "https://radio.example.org/a"}, "Listen on radio.example.org"),
    ],
)
def test_the_link_says_what_it_leads_to(client: Client, fields: dict[str, str], words: str) -> None:
    piece = PublicationFactory.create(published=True, series__media=True, **fields)
    assert f">{words}</a>" in page_of(client, piece)


# --- What the pages say -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("seconds", "words", "iso"),
    [
        (59, "59 seconds", "PT59S"),
        (60, "1 minute", "PT1M"),
        (3600, "1 hour", "PT1H"),
        (3905, "1 hour 5 minutes", "PT1H5M5S"),
        (7260, "2 hours 1 minute", "PT2H1M"),
        (0, "0 seconds", "PT0S"),
    ],
)
def test_a_duration_is_said_in_words_and_in_iso_8601(seconds: int, words: str, iso: str) -> None:
    duration = timedelta(seconds=seconds)
    assert (recordings.in_words(duration), recordings.iso(duration)) == (words, iso)


def facts_on(page: str) -> dict[str, str]:
    found = re.findall(r"<dt>([^<]+)</dt>\s*<dd>(?:<a [^>]+>)?([^<]+)", page)
    return dict(found)


def test_a_recording_says_when_where_how_long_and_whether_it_has_captions(client: Client) -> None:
    piece = PublicationFactory.create(
        published=True, series__media=True, media_url="https://youtu.be/x", recorded_on="2025-03-19", venue="Map Room",
        duration=timedelta(minutes=72), has_captions=True, transcript="<p>Every word.</p>",
    )  # fmt: skip
    page = page_of(client, piece)
    facts = facts_on(page)
    assert {name: facts[name] for name in ("Recorded on", "Place", "Duration", "Kind", "Captions")} == {
        "Recorded on": "19 March 2025", "Place": "Map Room", "Duration": "1 hour 12 minutes", "Kind": "Video",
        "Captions": "Yes",
    }  # fmt: skip
    assert "Every word." in page
    data = json.loads(re.findall(r'ld\+json">(.+?)</script>', page, re.DOTALL)[0])
    node = next(one for one in data["@graph"] if one["@type"] == "VideoObject")
    assert {name: node.get(name) for name in ("duration", "dateCreated", "embedUrl", "accessibilityFeature")} == {
        "duration": "PT1H12M", "dateCreated": "2025-03-19", "accessibilityFeature": ["captions", "transcript"],
        "embedUrl": "https://www.youtube-nocookie.com/embed/x?autoplay=0",
    }  # fmt: skip


def test_a_speech_says_who_spoke_when_where_and_is_cited_by_its_day(client: Client) -> None:
    piece = PublicationFactory.create(
        published=True, series__shape="speech", issued_on="2025-03-25", delivered_on="2025-03-19", venue="Bangkok",
        occasion="Opening of the forum", authors=[PersonFactory.create(name="Mei Tan")],
    )  # fmt: skip
    piece.authorships.update(role="speaker")
    page = page_of(client, piece)
    assert {name: facts_on(page)[name] for name in ("Delivered on", "Venue")} == {
        "Delivered on": "19 March 2025", "Venue": "Bangkok",
    }  # fmt: skip
    assert "Opening of the forum" in page
    assert client.get(piece.get_cite_url("json")).json()[0]["issued"] == {"date-parts": [[2025, 3, 19]]}


def test_a_release_has_its_dateline_notes_and_contact(client: Client) -> None:
    series = SeriesFactory.create(family="media", shape="news", contact="Press Office\nLevel B3")
    fields = {"series": series, "issued_on": "2025-03-19", "venue": "Singapore", "body": "<p>News.</p>"}
    piece = PublicationFactory.create(published=True, notes_to_editors="<p>Pictures on request.</p>", **fields)
    own = PublicationFactory.create(published=True, press_contact="The Map Room", **fields)
    page = re.sub(r"\s+", " ", page_of(client, piece))
    assert 'class="dateline"> Singapore, <time datetime="2025-03-19">19 March 2025</time>' in page
    assert "Pictures on request." in page
    assert "Press Office<br>Level B3" in page
    other = page_of(client, own)
    assert ("The Map Room" in other, "Press Office" in other) == (True, False)


def test_no_address_within_a_page_is_given_twice(client: Client) -> None:
    texts = dict.fromkeys(("body", "transcript", "notes_to_editors"), "<h2>Same</h2><p>One.</p><p>Two.</p>")
    page = page_of(client, PublicationFactory.create(published=True, series__shape="news", **texts))
    found = re.findall(r'\sid="([^"]+)"', page)
    assert (sorted(found), "editors-p1" in found, "said-p2" in found) == (sorted(set(found)), True, True)


# --- Embargo ----------------------------------------------------------------------------------------------------------
def test_a_release_cannot_come_out_before_its_embargo_ends() -> None:
    ends = timezone.now() + timedelta(hours=5)
    piece = PublicationFactory.create(series__shape="news", body="<p>News.</p>", embargo_ends_at=ends)
    with pytest.raises(publishing.NotAllowed) as refusal:
        publishing.publish(piece, ends - timedelta(minutes=1), None)
    assert str(refusal.value).startswith("It is under embargo until ")
    publishing.publish(piece, ends, None)
    assert (piece.state, piece.publish_at) == (State.PUBLISHED, ends)


def test_whoever_sees_a_preview_sees_the_embargo_and_readers_do_not(client: Client) -> None:
    ends = timezone.now() - timedelta(hours=5)
    piece = PublicationFactory.create(series__shape="news", body="<p>News.</p>", embargo_ends_at=ends)
    link = preview.link_url(preview.make_link(piece, UserFactory.create()))
    assert "Embargoed until" in client.get(link).content.decode()
    publishing.publish(piece, timezone.now(), None)
    assert "Embargoed" not in page_of(client, piece)


# --- Recordings held here ---------------------------------------------------------------------------------------------
def held(piece: Publication) -> Publication:
    file = SimpleUploadedFile("talk.mp3", MP3, content_type="audio/mpeg")
    piece.recording = accept_document(file, Document.Kind.AUDIO, "Talk", None)
    piece.save()
    return piece


def test_a_recording_held_here_is_handed_out_in_parts() -> None:
    piece = held(PublicationFactory.create(published=True, series__media=True))
    response = Client().get(piece.get_recording_url(), headers={"Range": "bytes=4-7"})
    assert (response.status_code, b"".join(response), response["Content-Range"], response["Content-Type"]) == (
        206, MP3[4:8], f"bytes 4-7/{len(MP3)}", "audio/mpeg",
    )  # fmt: skip


def test_a_page_that_calls_itself_sound_is_refused() -> None:
    file = SimpleUploadedFile("talk.mp3", b"<html><script>alert(1)</script>", content_type="audio/mpeg")
    with pytest.raises(UploadRefused):
        accept_document(file, Document.Kind.AUDIO, "Talk", None)


# --- Podcasts ---------------------------------------------------------------------------------------------------------
def test_the_feed_for_podcast_programs_names_file_length_and_a_guid_that_stays(client: Client) -> None:
    series, show = podcasts(), PodcastShowFactory.create(name="The Desk", slug="desk", maker="Radio")
    piece = episode(
        series=series, show=show, episode_number=7, title="Basins", duration=timedelta(seconds=95),
        transcript="<p>Words.</p>", synopsis="On basins.", authors=[PersonFactory.create(name="Mei Tan")],
    )  # fmt: skip
    PublicationFactory.create(published=True, series=series, show=show, title="Without a file")
    response = client.get("/media/podcasts/feed.rss")
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    items = etree.fromstring(response.content).findall("channel/item")
    assert [item.findtext("title") for item in items] == ["Basins"]
    item = items[0]
    enclosure, guid = item.find("enclosure"), item.find("guid")
    assert dict(enclosure.attrib) == {"url": "https://media.example.org/1.mp3", "length": "7", "type": "audio/mpeg"}
    assert (guid.text, guid.get("isPermaLink")) == (piece.uuid.urn, "false")
    assert item.findtext("itunes:duration", namespaces=SPACES) == "95"
    assert item.findtext("itunes:episode", namespaces=SPACES) == "7"
    assert item.find("podcast:transcript", SPACES).get("url").endswith(f"{piece.get_absolute_url()}#transcript")
    assert parsedate_to_datetime(item.findtext("pubDate")) == piece.publish_at.replace(microsecond=0)
    Publication.objects.filter(pk=piece.pk).update(title="Renamed", slug="renamed")
    again = etree.fromstring(client.get(show.get_feed_url()).content)
    assert (again.findtext("channel/item/title"), again.findtext("channel/item/guid")) == ("Renamed", piece.uuid.urn)
    assert again.findtext("channel/title") == "The Desk"


def test_our_own_file_takes_precedence_over_one_elsewhere(client: Client) -> None:
    piece = held(episode(series=podcasts()))
    enclosure = etree.fromstring(client.get("/media/podcasts/feed.rss").content).find("channel/item/enclosure")
    assert (enclosure.get("url").endswith(piece.get_recording_url()), enclosure.get("length")) == (True, str(len(MP3)))


def test_what_no_xml_may_hold_does_not_break_the_feed(client: Client) -> None:
    episode(series=podcasts(), title="A \x0b & <b>", synopsis="\ufffe]]>")
    assert etree.fromstring(client.get("/media/podcasts/feed.rss").content).findtext("channel/item/title") == "A  & <b>"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "statements"),
    [("/media/all/", 8), ("/media/podcasts/", 4), ("/media/podcasts/shows/desk/", 5), ("/media/podcasts/feed.rss", 8)],
)
def test_a_page_of_the_section_costs_the_same_for_one_and_three(
    client: Client, count: int, address: str, statements: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    series, show = podcasts(), PodcastShowFactory.create(slug="desk")
    for _each in range(count):
        episode(series=series, show=show, authors=[PersonFactory.create()])
    client.get("/publications/")  # reads the catalogue
    with django_assert_num_queries(statements):
        assert client.get(address).status_code == 200


def test_the_door_of_the_section_shows_the_newest_three_of_each_and_then_everything(client: Client) -> None:
    series = SeriesFactory.create(media=True, slug="videos", contact="Press Office")
    for day in range(1, 6):
        PublicationFactory.create(published=True, series=series, title=f"Day {day}", issued_on=f"2025-03-0{day}")
    page = client.get("/media/all/").content.decode()
    top, _heading, rest = page.partition('id="everything"')
    assert re.findall(r">(Day \d)<", top) == ["Day 5", "Day 4", "Day 3"]
    assert re.findall(r">(Day \d)<", rest) == ["Day 5", "Day 4", "Day 3", "Day 2", "Day 1"]
    assert "Press Office" in top
    narrowed = client.get("/media/all/?year=2025").content.decode()
    assert ('id="everything"' in narrowed, re.findall(r">(Day \d)<", narrowed)[0]) == (False, "Day 5")
