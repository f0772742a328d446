"""Missing pages that readers really meet: counted without cost, without persons, without robots (docs/decisions/missing-pages.md)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from editorial.models import MissedAddress, Redirect
from rsis import missed
from tests.factories import PersonFactory, PublicationFactory, SeriesFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db

BROWSER = {
    "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}  # fmt: skip
LIST = "/admin/editorial/missedaddress/"


@pytest.fixture(autouse=True)
def file(settings: Settings, tmp_path: Path) -> Path:
    settings.MISSED_FILE = tmp_path / "missed"
    return tmp_path / "missed"


def ask(client: Client, path: str, **headers: str) -> int:
    return client.get(path, headers=BROWSER | headers).status_code


def rows() -> list[tuple[str, int, str]]:
    return list(MissedAddress.objects.order_by("path").values_list("path", "times", "came_from"))


def test_a_missing_page_is_counted_with_the_page_that_led_there(client: Client) -> None:
    own = {"Referer": "http://testserver/publications/?page=2"}
    assert [ask(client, "/no/such/", **own), ask(client, "/no/such/"), ask(client, "/other/")] == [404, 404, 404]
    assert (rows(), missed.count(), missed.count()) == ([], 2, 0)
    ask(client, "/no/such/", Referer="https://www.google.com.sg/search?q=secret")
    missed.count()
    assert rows() == [("/no/such/", 3, "/publications/"), ("/other/", 1, "")]


@pytest.mark.parametrize(
    ("referrer", "kept"),
    [
        ("https://www.google.com/search?q=my+name", "www.google.com"),
        ("https://duckduckgo.com/", "duckduckgo.com"),
        ("https://mail.example.org/inbox/42", ""),
        ("https://google.com.evil.example/", ""),
        ("http://testserver/preview/secret-key/", ""),
        ("http://testserver/admin/", ""),
        ("http://testserver/people/a@b.example/", ""),
        ("http://[", ""),
    ],
)
def test_of_where_readers_come_from_only_our_pages_and_search_engines_are_kept(
    client: Client, referrer: str, kept: str
) -> None:
    ask(client, "/no/such/", Referer=referrer)
    missed.count()
    assert rows() == [("/no/such/", 1, kept)]


@pytest.mark.parametrize(
    "path",
    [
        "/who@example.org/",
        "/call/6591234567/",
        "/" + "k" * 80,
        "/a/b.php5",
        "/a'b",
        "/a/../b",
        "/backup.sql",
        "/" + "a/" * 150,
        "/admin/nothing/",
    ],
)
def test_persons_keys_and_junk_are_not_written_down(client: Client, file: Path, path: str) -> None:
    ask(client, path)
    assert (missed.count(), rows(), file.exists()) == (0, [], False)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "curl/8"},
        {"Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Dest": "image"},
        {"User-Agent": ""},
    ],
)
def test_robots_and_parts_of_pages_are_not_counted(client: Client, headers: dict[str, str]) -> None:
    ask(client, "/no/such/", **headers)
    client.head("/no/such/", headers=BROWSER)
    assert missed.count() == 0


def test_counting_costs_a_missing_page_no_statement_and_cannot_fail_it(
    client: Client, settings: Settings, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):  # the tree of pages, the register, and the series that the page names
        assert ask(client, "/no/such/") == 404
    settings.MISSED_FILE = tmp_path / "no" / "folder" / "missed"
    assert ask(client, "/no/such/") == 404
    settings.MISSED_FILE = tmp_path  # a folder
    assert ask(client, "/no/such/") == 404


def test_a_flood_is_cut_off_between_two_rounds_and_over_a_day(client: Client, file: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(missed, "LARGEST_FILE", 400)
    monkeypatch.setattr(missed, "MOST_NEW_A_DAY", 5)
    for number in range(40):
        ask(client, f"/flood/{number}/")
    assert file.stat().st_size <= 400
    missed.count()
    assert MissedAddress.objects.count() == 5
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        ask(client, "/tomorrow/")
        missed.count()
    assert MissedAddress.objects.count() == 6


def test_a_spoilt_file_is_read_as_far_as_it_goes(file: Path) -> None:
    file.write_bytes(b'["/a/", ""]\nnot json\n[1, 2]\n{"x": 1}\n["/b/"]\n\xff\xfe\n["/a/", ""]\n')
    assert (missed.count(), rows()) == (1, [("/a/", 2, "")])


def test_what_nobody_asks_for_is_forgotten() -> None:
    old = timezone.localdate() - timedelta(days=181)
    MissedAddress.objects.create(path="/old/", last_on=old)
    MissedAddress.objects.create(path="/new/")
    assert (missed.purge(), rows()) == (1, [("/new/", 1, "")])


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (
            "/publications/rsis-commentary-series/ports-and-politic",
            "/publications/rsis-commentary-series/ports-and-politics/",
        ),
        ("/ports-politics-and/", "/publications/rsis-commentary-series/ports-and-politics/"),
        ("/people/tan-mei-lin-x/", "/people/mei-lin-tan/"),
        ("/topic/maritime-securty/", "/topics/maritime-security/"),
        ("/something/entirely-different/", ""),
        ("/hidden-draft-piece/", ""),
    ],
)
def test_the_nearest_public_page_is_proposed(client: Client, asked: str, meant: str) -> None:
    writer = PersonFactory.create(slug="mei-lin-tan")
    series = SeriesFactory.create(commentary=True)
    PublicationFactory.create(published=True, series=series, slug="ports-and-politics", authors=[writer])
    PublicationFactory.create(series=series, slug="hidden-draft-piece")
    TopicFactory.create(slug="maritime-security")
    ask(client, asked)
    missed.count()
    assert MissedAddress.objects.get().suggestion == meant


def test_one_press_makes_the_redirect(client: Client) -> None:
    TopicFactory.create(slug="maritime-security")
    ask(client, "/topic/maritime-securty/")
    missed.count()
    row = MissedAddress.objects.get()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    assert "/topics/maritime-security/" in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{row.pk}/lead/").status_code == 405
    client.post(f"{LIST}{row.pk}/lead/")
    assert client.get("/topic/maritime-securty/")["Location"] == "/topics/maritime-security/"
    assert MissedAddress.objects.count() == 0


def test_a_proposal_that_is_no_page_any_more_makes_no_redirect(client: Client) -> None:
    row = MissedAddress.objects.create(path="/x/", suggestion="/topics/gone/")
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    client.post(f"{LIST}{row.pk}/lead/")
    assert (Redirect.objects.count(), MissedAddress.objects.get().suggestion) == (0, "")


def test_who_may_not_make_redirects_makes_none(client: Client) -> None:
    row = MissedAddress.objects.create(path="/x/", suggestion="/topics/")
    client.force_login(UserFactory.create(is_staff=True))
    assert (client.post(f"{LIST}{row.pk}/lead/").status_code, Redirect.objects.count()) == (403, 0)
