"""What is held is shown for exactly as long as it is true: against every route of writing, every hour, and other processes."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from editorial import change_marks, held, publishing, saving
from editorial.middleware import is_anybody
from publications import catalogue
from publications.models import Authorship, Publication, Series
from research.models import Topic
from tests.factories import (
    PASSWORD,
    AuthorshipFactory,
    ImageFactory,
    NoticeFactory,
    PersonFactory,
    PublicationFactory,
    ReaderResponseFactory,
    RegionFactory,
    SeriesFactory,
    SlotFactory,
    TopicFactory,
    TypesetPdfFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

HERE = Path(__file__).resolve().parents[2]


@pytest.fixture
def piece() -> Publication:
    return PublicationFactory.create(
        published=True,
        title="Quiet Rules",
        series=SeriesFactory.create(commentary=True),
        topics=[TopicFactory.create(name="Straits")],
        authors=[PersonFactory.create(name="Mei Tan")],
        tags=["sea"],
    )


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# Routes of writing


def update(piece: Publication) -> None:
    Publication.objects.filter(pk=piece.pk).update(title="Loud Rules")


def write_by_hand(piece: Publication) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE publications_publication SET synopsis = 'By hand' WHERE id = %s", [piece.pk])


ROUTES: list[Callable[[Publication], Any]] = [
    update,
    write_by_hand,
    lambda piece: piece.save(),
    lambda piece: piece.topics.clear(),
    lambda piece: piece.tags.add("harbour"),
    lambda piece: piece.authorships.all().delete(),
    lambda piece: piece.series.save(),
    lambda piece: Authorship.objects.bulk_create([Authorship(publication=piece, person=PersonFactory.create())]),
    lambda piece: Topic.objects.update(name="Channels"),
    lambda piece: saving.record(piece, None),
    lambda piece: ImageFactory.create(),
]


@pytest.mark.parametrize("write", ROUTES)
def test_every_route_of_writing_moves_the_mark(piece: Publication, write: Callable[[Publication], Any]) -> None:
    before = change_marks.read()
    assert change_marks.read() == before
    write(piece)
    assert change_marks.read().everything != before.everything


def test_what_no_reader_sees_leaves_the_mark(piece: Publication) -> None:
    before = change_marks.read()
    Session.objects.create(session_key="a", session_data="", expire_date=timezone.now())
    Publication.objects.filter(pk=0).update(title="Nothing has this key")
    assert change_marks.read() == before


def test_only_what_lists_are_made_of_moves_their_mark(piece: Publication) -> None:
    before = change_marks.read()
    NoticeFactory.create(publication=piece)
    between = change_marks.read()
    ReaderResponseFactory.create(publication=piece)
    after = change_marks.read()
    assert (between.listed != before.listed, after.listed == between.listed) == (True, True)
    assert after.everything != between.everything


def test_the_mark_moves_with_the_commit_and_not_with_what_is_rolled_back(piece: Publication) -> None:
    before = change_marks.read()
    with transaction.atomic():
        update(piece)
        within = change_marks.read()
        transaction.set_rollback(True)
    assert (within != before, change_marks.read()) == (True, before)
    update(piece)
    assert change_marks.read() not in (before, within)


def test_many_lines_become_one_and_nobody_notices(piece: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        Publication.objects.filter(pk=piece.pk).update(title=f"Rules {number}")
    before = change_marks.read()
    monkeypatch.setattr(change_marks, "KEPT", 2)
    change_marks.tidy()
    assert (change_marks.read(), change_marks.tidy()) == (before, 0)


# Who is shown it


def test_a_page_costs_one_statement_while_nothing_changes(
    client: Client, piece: Publication, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    addresses = ["/", "/publications/", "/publications/feed.atom", "/publications/feed.json", piece.get_absolute_url()]
    first = [page(client, address) for address in addresses]
    for address, expected in zip(addresses, first, strict=True):
        with django_assert_num_queries(1):
            assert page(client, address) == expected


def test_whoever_is_signed_in_is_shown_nothing_that_is_held_and_leaves_nothing(piece: Publication) -> None:
    user = UserFactory.create(is_staff=True, is_superuser=True)
    signed_in = Client()
    assert signed_in.login(username=user.username, password=PASSWORD)
    for address in ("/", "/publications/", piece.get_absolute_url(), "/admin/"):
        signed_in.get(address)
    assert held._latest == []


@pytest.mark.parametrize(
    ("method", "path", "headers", "expected"),
    [
        ("GET", "/publications/", {}, True),
        ("HEAD", "/publications/", {}, True),
        ("POST", "/publications/", {}, False),
        ("GET", "/admin/", {}, False),
        ("GET", "/preview/abc/", {}, False),
        ("GET", "/publications/", {"Cookie": "session=x"}, False),
        ("GET", "/publications/", {"Cookie": "theme=dark"}, True),
        ("GET", "/publications/", {"Authorization": "Basic x"}, False),
    ],
)
def test_only_readers_of_whom_nothing_is_known_share(
    method: str, path: str, headers: dict[str, str], expected: bool
) -> None:
    assert is_anybody(RequestFactory().generic(method, path, headers=headers)) is expected


def test_outside_of_such_a_request_everything_is_made_anew() -> None:
    made = Made()
    assert [held.held("x", made), held.held("x", made)] == [1, 2]
    with held.for_anybody():
        assert [held.held("x", made), held.held("x", made)] == [3, 3]
    assert held.held("x", made) == 4


class Made:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        return self.count


# How much, and of what


def test_what_was_not_asked_for_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "MOST_BYTES", 10_000)
    monkeypatch.setattr(held, "LARGEST", 5_000)
    with held.for_anybody():
        for key in "abc":
            held.held(key, lambda: b"x" * 2_500)
        held.held("a", lambda: b"")
        held.held("d", lambda: b"x" * 2_500)
        held.held("too large", lambda: b"x" * 5_001)
        moment: Any = held._latest[0]
        assert [key for _language, key in moment.shelf.things] == ["c", "a", "d"]
        assert moment.shelf.size == sum(thing.size for thing in moment.shelf.things.values()) <= 10_000


@pytest.mark.parametrize("value", [[], {}, object(), ("a", []), RequestFactory()])
def test_nothing_that_could_change_or_bring_more_along_is_held(value: object) -> None:
    with held.for_anybody(), pytest.raises(TypeError):
        held.held("x", lambda: value)


def test_a_row_is_never_held(piece: Publication) -> None:
    with held.for_anybody(), pytest.raises(TypeError, match="not Publication"):
        held.held("x", lambda: (piece,))


# Hours


def test_a_scheduled_piece_is_in_everything_at_its_second(client: Client, piece: Publication) -> None:
    due = timezone.now() + timedelta(seconds=60)
    coming = PublicationFactory.create(scheduled=True, publish_at=due, series=piece.series, title="At Six")
    addresses = [
        "/",
        "/publications/",
        "/publications/feed.atom",
        piece.series.get_absolute_url(),
        piece.get_absolute_url(),
    ]
    for seconds, is_there in ((-30, False), (-1, False), (0, True), (1, True), (-1, False)):
        with time_machine.travel(due + timedelta(seconds=seconds), tick=False):
            assert ["At Six" in page(client, address) for address in addresses] == [is_there] * len(addresses)
            assert client.get(coming.get_absolute_url()).status_code == (200 if is_there else 404)


def test_a_slot_begins_and_ends_at_its_second(client: Client, piece: Publication) -> None:
    now = timezone.now()
    starts, ends = now + timedelta(minutes=1), now + timedelta(minutes=2)
    SlotFactory.create(publication=piece, headline="For a little while", starts_at=starts, ends_at=ends)
    seen = []
    for moment in (starts - timedelta(seconds=1), starts, ends - timedelta(seconds=1), ends):
        with time_machine.travel(moment, tick=False):
            seen.append("For a little while" in page(client, "/"))
    assert seen == [False, True, True, False]


def test_a_pdf_of_an_older_text_is_offered_for_its_hour_and_not_a_second_longer(
    client: Client, piece: Publication
) -> None:
    TypesetPdfFactory.create(publication=piece, version=piece.version + 1)
    piece.refresh_from_db()
    ends = piece.updated_at + timedelta(hours=1)
    feed = "/publications/feed.atom"
    seen = []
    for moment in (ends - timedelta(minutes=30), ends - timedelta(seconds=1), ends, ends + timedelta(seconds=1)):
        with time_machine.travel(moment, tick=False):
            offered = "Download PDF" in page(client, piece.get_absolute_url())
            seen.append((offered, 'rel="enclosure"' in page(client, feed)))
    assert seen == [(True, True), (True, True), (False, False), (False, False)]


def test_news_of_a_feed_ends_by_itself(client: Client, piece: Publication) -> None:
    noticed = timezone.now()
    with time_machine.travel(noticed, tick=False):
        NoticeFactory.create(publication=piece)
    PublicationFactory.create_batch(12, published=True, series=piece.series)
    Publication.objects.filter(pk=piece.pk).update(publish_at=noticed - timedelta(days=900))
    ends = noticed + timedelta(days=30)
    seen = []
    for moment in (ends - timedelta(minutes=1), ends, ends + timedelta(microseconds=1), ends + timedelta(minutes=1)):
        with time_machine.travel(moment, tick=False):
            seen.append("Quiet Rules" in page(client, "/publications/feed.json"))
    assert seen == [True, True, False, False]


# Against everything made anew


def changes(piece: Publication, other: Publication, word: str) -> list[Callable[[], Any]]:
    """Whatever may happen to a piece and to what stands around it."""
    this, that = Publication.objects.filter(pk=piece.pk), Publication.objects.filter(pk=other.pk)
    return [
        lambda: this.update(title=word),
        lambda: that.update(title=word, issued_on="2024-01-01"),
        lambda: other.topics.set(Topic.objects.order_by("pk")[:2]),
        lambda: other.authorships.all().delete(),
        lambda: AuthorshipFactory.create(publication=other, person__name=word),
        lambda: Authorship.objects.filter(publication=piece).update(printed_name=word),
        lambda: piece.tags.set([word]),
        lambda: Topic.objects.filter(pk=Topic.objects.first().pk).update(name=word),
        lambda: Series.objects.filter(pk=piece.series_id).update(name=word, licence=word),
        lambda: NoticeFactory.create(publication=piece, text=word),
        lambda: ReaderResponseFactory.create(publication=piece, text=word, verdict="approved"),
        lambda: publishing.withdraw(other, word, None) if other.is_public else publishing.reinstate(other, None),
        lambda: that.update(responds_to=piece),
        lambda: that.update(part_of=piece),
        lambda: SlotFactory.create(publication=other, headline=word),
        lambda: PublicationFactory.create(published=True, title=word, series=piece.series),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_changed_pages_are_as_if_nothing_were_held(client: Client, piece: Publication, seed: int) -> None:
    chance = Random(seed)
    topics = [*Topic.objects.all(), TopicFactory.create()]
    for _number in range(5):
        PublicationFactory.create(
            published=True,
            series=piece.series,
            topics=chance.sample(topics, chance.randint(0, 2)),
            regions=[RegionFactory.create()],
            authors=[PersonFactory.create()],
        )
    addresses = [
        "/", "/publications/", "/publications/?density=compact", piece.series.get_absolute_url(), "/topics/",
        piece.get_absolute_url(), "/publications/feed.atom", "/publications/feed.json", "/people/", "/research/",
    ]  # fmt: skip
    for _step in range(12):
        other = chance.choice(Publication.objects.exclude(pk=piece.pk))
        chance.choice(changes(piece, other, f"Word {chance.randint(0, 999)}"))()
        shown = [page(client, address) for address in addresses]
        assert [page(client, address) for address in addresses] == shown
        held.forget()
        catalogue.forget()
        assert [page(client, address) for address in addresses] == shown


# Against another process

WRITER = """
import django, sys
django.setup()
from publications.models import Publication
print("ready", flush=True)
for line in sys.stdin:
    Publication.objects.filter(pk=int(sys.argv[1])).update(title=f"Version {int(line)} of it")
    print("written", flush=True)
"""


@pytest.fixture
def writer(piece: Publication) -> Iterator[subprocess.Popen[str]]:
    facts = connection.settings_dict
    url = f"sqlite:///{facts['NAME']}"
    if connection.vendor == "postgresql":
        host = facts["OPTIONS"].get("host") or facts["HOST"]
        url = f"postgres://{facts['USER']}:{facts['PASSWORD']}@/{facts['NAME']}?host={host}"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url}
    command = [sys.executable, "-c", WRITER, str(piece.pk)]
    with subprocess.Popen(
        command, cwd=HERE, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout
        assert program.stdout.readline() == "ready\n"
        yield program
        program.terminate()


@pytest.mark.slow
def test_what_another_process_wrote_is_shown_from_the_next_question_on(
    piece: Publication, writer: subprocess.Popen[str]
) -> None:
    """Readers ask all the while, so that something is always being made when the other process writes."""
    addresses = [piece.get_absolute_url(), "/publications/", "/publications/feed.json"]
    written, late, stop = [0], list[str](), Event()
    ContentType.objects.get_for_model(Publication)

    def read() -> None:
        client = Client()
        while not stop.is_set():
            for address in addresses:
                since = written[0]
                found = page(client, address)
                shown = [number for number in range(since, since + 9) if f"Version {number} of it" in found]
                if since and not shown:
                    late.append(f"{address} after version {since}")
        connection.close()

    readers = [Thread(target=read) for _number in range(2)]
    for reader in readers:
        reader.start()
    assert writer.stdin
    assert writer.stdout
    try:
        for number in range(1, 16):
            print(number, file=writer.stdin, flush=True)
            assert writer.stdout.readline() == "written\n"
            written[0] = number
            client = Client()
            assert [f"Version {number} of it" in page(client, address) for address in addresses] == [True] * 3
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert late == []
