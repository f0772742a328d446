"""What search engines and finders of holes are told."""

import re
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import DjangoAssertNumQueries, Settings

from editorial.saving import record
from publications.models import Publication, Series
from rsis import sitemaps
from tests.factories import (
    CentreFactory,
    DocumentFactory,
    NoticeFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    StaffProfileFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
SITE = "http://localhost:8000"
W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def found(client: Client, address: str, path: str) -> list[str]:
    response = client.get(address.removeprefix(SITE))
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8"), address
    return [element.text for element in etree.fromstring(response.content).xpath(path, namespaces=NS)]


def every_address(client: Client) -> list[str]:
    return [
        address for file in found(client, "/sitemap.xml", "//s:loc") for address in found(client, file, "//s:url/s:loc")
    ]


@pytest.fixture
def library() -> Publication:
    """Something on every kind of page."""
    for family, slug in ((Series.Family.EXTERNAL, "op-eds"), (Series.Family.MEDIA, "podcasts")):
        PublicationFactory.create(published=True, series=SeriesFactory.create(family=family, slug=slug))
    StaffProfileFactory.create(published=True, person__slug="dean")
    parent = CentreFactory.create(slug="institute")
    CentreFactory.create(slug="programme", parent=parent)
    piece: Publication = PublicationFactory.create(
        published=True,
        number="CO25059",
        series=SeriesFactory.create(commentary=True),
        document=DocumentFactory.create(),
        authors=[PersonFactory.create(slug="mei")],
        topics=[TopicFactory.create(slug="trade")],
        regions=[RegionFactory.create(slug="asia")],
        centres=[parent],
        tags=["ports & ships"],
        body="<h2>One</h2><p>Words.</p>",
    )
    return piece


def test_smp_1_files_hold_whole_addresses_of_one_host_and_few_enough(
    client: Client, library: Publication, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SITE_URL = "https://www.example.edu"
    monkeypatch.setattr(sitemaps, "PER_FILE", 2)
    files = found(client, "/sitemap.xml", "//s:sitemap/s:loc")
    held = [found(client, file.removeprefix("https://www.example.edu"), "//s:loc") for file in files]
    addresses = [address for file in held for address in file]
    assert max(map(len, held)) == 2
    assert [one for one in [*files, *addresses] if not one.startswith("https://www.example.edu/")] == []
    assert len(addresses) == len(set(addresses))
    assert files.count("https://www.example.edu/sitemap-publications-2.xml") == 1
    assert b'encoding="UTF-8"' in client.get("/sitemap.xml").content


def test_smp_1_a_full_file_stays_within_the_limits() -> None:
    assert sitemaps.PER_FILE <= 50_000
    longest = len(sitemaps._url(sitemaps.Url("/" + "x" * 300, timezone.now())))
    assert sitemaps.PER_FILE * longest < 5_000_000  # the stricter limit of Google Scholar


@pytest.mark.parametrize(
    "address",
    [
        "/sitemap-nothing-1.xml",
        "/sitemap-people-0.xml",
        "/sitemap-people-2.xml",
        "/sitemap-people-99999999999999999999.xml",
    ],
)
def test_smp_1_there_are_no_other_files(client: Client, library: Publication, address: str) -> None:
    assert client.get(address).status_code == 404


def test_smp_2_robots_txt_names_the_index_and_keeps_nobody_from_pages_and_files(
    client: Client, library: Publication
) -> None:
    response = client.get("/robots.txt")
    robots = RobotFileParser()
    robots.parse(response.content.decode().splitlines())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert robots.site_maps() == [f"{SITE}/sitemap.xml"]
    allowed = [*every_address(client), f"{SITE}/publications/?page=2", f"{SITE}/publications/feed.atom"]
    assert [one for one in allowed if not robots.can_fetch("Googlebot", one)] == []
    assert [robots.can_fetch("Googlebot", one) for one in ("/admin/", "/preview/x/")] == [False, False]


def test_smp_3_lastmod_moves_with_a_change_and_stays_without_one(client: Client, library: Publication) -> None:
    def lastmod() -> str:
        path = f"//s:url[s:loc='{SITE}{library.get_absolute_url()}']/s:lastmod"
        (moment,) = found(client, "/sitemap-publications-1.xml", path)
        return moment

    Publication.objects.filter(pk=library.pk).update(
        publish_at=datetime(2025, 3, 20, 6, 0, tzinfo=UTC), first_published_at=None
    )
    first = lastmod()
    assert (first, bool(W3C.fullmatch(first))) == ("2025-03-20T06:00:00+00:00", True)
    piece = Publication.objects.get(pk=library.pk)
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        piece.body = "<p>Mended words.</p>"
        piece.save()
        record(piece, None)
        assert lastmod() == "2026-01-01T00:00:00+00:00"
    with time_machine.travel(datetime(2026, 1, 2, tzinfo=UTC), tick=False):
        piece.save()
        record(piece, None, "Opened and saved")
        assert lastmod() == "2026-01-01T00:00:00+00:00"
    with time_machine.travel(datetime(2026, 1, 3, tzinfo=UTC), tick=False):
        NoticeFactory.create(publication=piece)
        assert lastmod() == "2026-01-03T00:00:00+00:00"


def test_smp_3_every_lastmod_is_a_w3c_datetime_and_a_rebuild_changes_nothing(
    client: Client, library: Publication
) -> None:
    files = found(client, "/sitemap.xml", "//s:loc")
    dates = [date for file in files for date in found(client, file, "//s:lastmod")]
    assert [date for date in dates if not W3C.fullmatch(date)] == []
    assert len(dates) > 8
    before = [client.get(file.removeprefix(SITE)).content for file in files]
    with time_machine.travel(timezone.now() + timedelta(days=5)):
        assert [client.get(file.removeprefix(SITE)).content for file in files] == before


def test_smp_4_every_address_answers_and_is_its_own_canonical_and_indexable(
    client: Client, library: Publication
) -> None:
    addresses = every_address(client)
    for address in addresses:
        response = client.get(address.removeprefix(SITE))
        content = response.getvalue()
        assert response.status_code == 200, address
        if response["Content-Type"].startswith("text/html"):
            page = content.decode()
            assert re.findall(r'<link rel="canonical" href="([^"]+)">', page) == [address]
            assert "noindex" not in page
    paths = {address.removeprefix(SITE) for address in addresses}
    assert paths >= {
        "/", "/publications/", "/publications/in-house/", "/publications/external/", "/media/all/", "/topics/",
        "/regions/", "/people/", "/research/", "/accessibility/", "/privacy/", "/terms/", "/topics/trade/", "/regions/asia/",
        "/people/mei/", "/people/dean/", "/research/institute/", "/research/programme/", "/media/podcasts/",
        "/publications/external/op-eds/", "/publications/rsis-commentary-series/", "/tags/ports-ships/",
        f"/publications/year/{timezone.localdate().year}/", library.get_absolute_url(),
    }  # fmt: skip


def test_smp_5_news_are_of_two_days_by_first_publication_with_name_language_date_and_title(client: Client) -> None:
    def appeared(hours: float, **kwargs: object) -> Publication:
        moment = timezone.now() - timedelta(hours=hours)
        piece: Publication = PublicationFactory.create(
            published=True, publish_at=moment, **{"first_published_at": moment, **kwargs}
        )
        return piece

    new = appeared(47, title="Fish & <Ships>", language="zh-Hans")
    appeared(49, title="Old")
    appeared(1, title="Out Again", first_published_at=timezone.now() - timedelta(days=400))
    PublicationFactory.create(scheduled=True, title="To Come")
    path = "//s:url/s:loc | //n:name | //n:language | //n:publication_date | //n:title"
    assert found(client, "/news-sitemap.xml", path) == [
        f"{SITE}{new.get_absolute_url()}",
        "S. Rajaratnam School of International Studies",
        "zh-cn",
        f"{new.first_published_at:%Y-%m-%dT%H:%M:%S}+00:00",
        "Fish & <Ships>",
    ]
    assert "S. Rajaratnam School of International Studies" in client.get("/").content.decode()


def test_smp_5_news_may_be_none_and_are_never_more_than_a_thousand(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(client, "/news-sitemap.xml", "//s:loc") == []
    assert sitemaps.MOST_NEWS == 1000
    monkeypatch.setattr(sitemaps, "MOST_NEWS", 2)
    PublicationFactory.create_batch(3, published=True)
    assert len(found(client, "/news-sitemap.xml", "//s:loc")) == 2


def test_smp_6_landing_pages_and_full_texts_are_both_named(client: Client, library: Publication) -> None:
    addresses = every_address(client)
    assert f"{SITE}{library.get_absolute_url()}" in addresses
    assert f"{SITE}/publications/rsis-commentary-series/{library.slug}/CO25059.pdf" in addresses


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("/sitemap.xml", 18), ("/news-sitemap.xml", 1), ("/sitemap-publications-1.xml", 3), ("/sitemap-files-1.xml", 3),
        ("/sitemap-people-1.xml", 4), ("/sitemap-topics-1.xml", 2), ("/sitemap-tags-1.xml", 2),
    ],
)  # fmt: skip
def test_a_sitemap_costs_the_same_for_one_and_three_pieces(
    client: Client, count: int, address: str, statements: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ContentType.objects.get_for_model(Publication)
    for number in range(count):
        PublicationFactory.create(
            published=True, document=DocumentFactory.create(), authors=[PersonFactory.create()],
            topics=[TopicFactory.create()], tags=[f"tag{number}"],
        )  # fmt: skip
    with django_assert_num_queries(statements):
        client.get(address)


@pytest.mark.parametrize(
    "day",
    [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 31, 23, 59, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)],
)
def test_security_txt_names_a_contact_and_runs_out_within_a_year_on_a_day_that_stays_all_month(
    client: Client, settings: Settings, day: datetime
) -> None:
    settings.SECURITY_CONTACT = "mailto:holes@example.edu"
    with time_machine.travel(day, tick=False):
        response = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:holes@example.edu"
    assert fields["Preferred-Languages"] == "en"
    assert fields["Canonical"] == f"{SITE}/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=150) < expires - day < timedelta(days=200)
    with time_machine.travel(day.replace(day=1), tick=False):
        assert client.get("/.well-known/security.txt").content == response.content


def test_security_txt_at_the_root_leads_to_its_place(client: Client) -> None:
    response = client.get("/security.txt")
    assert (response.status_code, response["Location"]) == (301, "/.well-known/security.txt")
