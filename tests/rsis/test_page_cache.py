"""The page cache: no statement for a page seen before, and never a page that is not true any more or not for everybody."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from editorial import publishing, saving
from publications.models import Publication
from rsis import page_cache
from rsis.process_cache import ProcessCache
from rsis.settings import shared_pages
from tests.factories import PASSWORD, NoticeFactory, PublicationFactory, SeriesFactory, SlotFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def on(settings: Settings, tmp_path: Path) -> None:
    settings.PAGE_CACHE = "process"
    settings.PAGE_CACHE_FILE = tmp_path / "edition"
    caches["pages"].clear()


@pytest.fixture
def piece() -> Publication:
    return PublicationFactory.create(published=True, series=SeriesFactory.create(), title="Quiet Rules")


def kept_pages() -> list[bytes]:
    pages = caches["pages"]
    assert isinstance(pages, ProcessCache)
    return [thing.value for thing in pages.shelf.things.values()]


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_page_seen_before_costs_no_statement(
    client: Client, piece: Publication, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    addresses = ("/", "/publications/", piece.get_absolute_url())
    first = [client.get(address) for address in addresses]
    with django_assert_num_queries(0):
        again = [client.get(address) for address in addresses]
    assert [answer.content for answer in again] == [answer.content for answer in first]
    assert [dict(answer.items()) for answer in again] == [dict(answer.items()) for answer in first]


def test_a_page_seen_before_answers_whether_it_has_changed(
    client: Client, piece: Publication, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    etag = client.get("/publications/")["ETag"]
    with django_assert_num_queries(0):
        answer = client.get("/publications/", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_feed_seen_before_answers_by_date_too(
    client: Client, piece: Publication, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    since = client.get("/publications/feed.atom")["Last-Modified"]
    with django_assert_num_queries(0):
        answer = client.get("/publications/feed.atom", headers={"If-Modified-Since": since})
    assert (answer.status_code, answer.content) == (304, b"")


def correct(piece: Publication) -> None:
    NoticeFactory.create(publication=piece, text="The year was wrong.")


def rename(piece: Publication) -> None:
    piece.title = "Loud Rules"
    piece.save()
    saving.record(piece, None)


def rename_by_hand(piece: Publication) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE publications_publication SET title = 'Loud Rules' WHERE id = %s", [piece.pk])


def withdraw(piece: Publication) -> None:
    publishing.withdraw(piece, "A slip of ours.", None)


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (correct, "The year was wrong."),
        (rename, "Loud Rules"),
        (rename_by_hand, "Loud Rules"),
        (withdraw, "A slip of ours."),
    ],
)
def test_what_is_changed_is_right_at_once_by_whatever_route(
    client: Client, piece: Publication, change: Any, shown: str
) -> None:
    assert shown not in page(client, piece.get_absolute_url())
    change(piece)
    assert shown in page(client, piece.get_absolute_url())


def test_a_new_piece_is_in_every_list_at_once(client: Client, piece: Publication) -> None:
    addresses = ("/", "/publications/", piece.series.get_absolute_url())
    assert ["Another One" in page(client, address) for address in addresses] == [False] * 3
    another = PublicationFactory.create(series=piece.series, title="Another One")
    assert ["Another One" in page(client, address) for address in addresses] == [False] * 3
    publishing.publish(another, timezone.now(), None)
    assert ["Another One" in page(client, address) for address in ("/publications/", addresses[2])] == [True] * 2
    publishing.withdraw(another, "A slip.", None)
    assert ["Another One" in page(client, address) for address in addresses] == [False] * 3


def test_r11_a_scheduled_piece_comes_at_its_second_though_the_page_is_kept(client: Client, piece: Publication) -> None:
    due = timezone.now() + timedelta(seconds=60)
    coming = PublicationFactory.create(scheduled=True, publish_at=due, series=piece.series, title="At Six")
    for seconds, is_there in ((-30, False), (-1, False), (0, True), (1, True)):
        with time_machine.travel(due + timedelta(seconds=seconds), tick=False):
            assert ("At Six" in page(client, "/publications/")) is is_there
            assert (client.get(coming.get_absolute_url()).status_code == 200) is is_there


def test_a_slot_ends_at_its_time_though_the_home_page_is_kept(client: Client, piece: Publication) -> None:
    ends = timezone.now() + timedelta(minutes=2)
    SlotFactory.create(publication=piece, headline="For a little while", ends_at=ends)
    assert "For a little while" in page(client, "/")
    with time_machine.travel(ends, tick=False):
        assert "For a little while" not in page(client, "/")


def test_what_is_rolled_back_changes_nothing_and_what_follows_does(client: Client, piece: Publication) -> None:
    before = page_cache.edition().now()
    with transaction.atomic():
        rename_by_hand(piece)
        transaction.set_rollback(True)
    assert page_cache.edition().now() == before
    with transaction.atomic():
        rename_by_hand(piece)
        assert page_cache.edition().now() == before
    assert page_cache.edition().now() != before
    assert "Loud Rules" in page(client, piece.get_absolute_url())


def test_nobody_gets_a_page_of_somebody_who_is_signed_in(client: Client, piece: Publication) -> None:
    signed_in = Client()
    user = UserFactory.create(is_staff=True, is_superuser=True)
    assert signed_in.login(username=user.username, password=PASSWORD)
    draft = PublicationFactory.create(series=piece.series, title="Not yet")
    for address in ("/admin/", f"/admin/publications/publication/{draft.pk}/change/", piece.get_absolute_url()):
        signed_in.get(address)
    assert client.get("/admin/").status_code == 302
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert kept_pages() == []


def test_an_answer_with_a_cookie_or_of_another_kind_is_not_kept(client: Client, piece: Publication) -> None:
    for address in ("/no-such-page/", piece.get_absolute_url() + "respond/", "/admin/login/"):
        client.get(address)
    assert [page for page in kept_pages() if b"csrfmiddlewaretoken" in page] == []


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"{}\n", b'{"until": "x", "headers": 3}\npage', "text", 7])
def test_r3_rubbish_in_the_cache_is_dropped(
    client: Client, piece: Publication, rubbish: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(caches["pages"]), "get", lambda *_arguments, **_options: rubbish)
    assert "Quiet Rules" in page(client, "/publications/")


def test_r3_a_cache_that_is_gone_costs_its_help_and_nothing_else(
    client: Client, piece: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: object, **_options: object) -> None:
        raise ConnectionError("refused")

    for name in ("get", "set", "add"):
        monkeypatch.setattr(type(caches["pages"]), name, gone)
    assert [client.get(address).status_code for address in ("/", "/publications/")] == [200, 200]


def test_one_setting_turns_it_off(client: Client, piece: Publication, settings: Settings) -> None:
    settings.PAGE_CACHE = ""
    counts = []
    for _again in range(3):
        with CaptureQueriesContext(connection) as queries:
            client.get(piece.get_absolute_url())
        counts.append(len(queries))
    assert counts[1] == counts[2] > 0
    assert kept_pages() == []


def test_pages_are_kept_up_to_a_bound_in_bytes(client: Client, piece: Publication, settings: Settings) -> None:
    """However many addresses somebody thinks of: where one page and a half find room, the last one is kept."""
    client.get("/publications/", {"q": "quiet"})
    bound = len(kept_pages()[0]) * 3 // 2
    small = settings.CACHES["pages"] | {"LOCATION": "small", "OPTIONS": {"MOST_BYTES": bound}}
    settings.CACHES = settings.CACHES | {"pages": small}
    *_others, last = [client.get("/publications/", {"q": word}).content for word in ("quiet", "rules", "loud")]
    assert [page.endswith(last) for page in kept_pages()] == [True]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """A real Redis of its own, reached over a socket."""
    program = shutil.which("redis-server")
    assert program, "No redis-server on PATH. Install Redis, or run the tests without it: make test-quick"
    address = tmp_path / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(address), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    assert any("accept connections" in line for line in server.stdout)
    yield f"unix://{address}"
    server.terminate()
    server.wait(10)
    server.stdout.close()


@pytest.mark.slow
def test_machines_that_share_a_redis_share_pages_and_changes(
    client: Client,
    piece: Publication,
    settings: Settings,
    redis: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.PAGE_CACHE = "shared"
    settings.CACHES = {**settings.CACHES, "pages": shared_pages(redis)}
    assert "Quiet Rules" in page(client, piece.get_absolute_url())
    with django_assert_num_queries(0):
        assert "Quiet Rules" in page(Client(), piece.get_absolute_url())
    rename(piece)
    assert "Loud Rules" in page(client, piece.get_absolute_url())
    subprocess.run([shutil.which("redis-cli") or "", "-s", redis.removeprefix("unix://"), "flushall"], check=True)
    assert "Loud Rules" in page(client, piece.get_absolute_url())


@pytest.mark.slow
def test_r3_a_redis_that_hangs_is_left_alone(
    client: Client, piece: Publication, settings: Settings, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent.sock"))
        silent.listen()
        settings.PAGE_CACHE = "shared"
        settings.CACHES = {**settings.CACHES, "pages": shared_pages(f"unix://{tmp_path / 'silent.sock'}")}
        assert [client.get("/publications/").status_code for _again in range(3)] == [200] * 3


@pytest.mark.parametrize(
    ("sql", "is_seen"),
    [
        ('INSERT INTO "publications_publication" ("id") VALUES (1)', True),
        ("insert or ignore into taggit_tag values (1)", True),
        ('UPDATE "people_person" SET name = 1', True),
        ('DELETE FROM "research_topic"', True),
        ("WITH due AS (SELECT 1) UPDATE editorial_rendition SET state = 'made'", True),
        ('UPDATE "django_session" SET expire_date = 1', False),
        ('UPDATE "editorial_previewlink" SET opens = opens + 1', False),
        ('SELECT "id" FROM "publications_publication" FOR UPDATE', False),
        ("WITH tree AS (SELECT 1) SELECT * FROM tree", False),
    ],
)
def test_only_writes_that_readers_could_see_count(sql: str, is_seen: bool) -> None:
    assert page_cache.is_seen(sql) is is_seen
