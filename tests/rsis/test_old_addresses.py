"""Every address the former site had leads to where its page is today, in one hop (site-features B2, reliability “Addresses”)."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from pytest_django import DjangoAssertNumQueries, Settings

from editorial import redirects
from editorial.models import Redirect
from publications.models import Publication, Series
from rsis import old_addresses
from tests.factories import (
    CentreFactory,
    DocumentFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def page(request: HttpRequest, **_named: str) -> HttpResponse:
    return HttpResponse("A page that another room has.")


# Pages of rooms that this test does not want to know about.
TO_COME = (
    "about/", "about/introduction/", "about/honours/", "graduate-education/", "graduate-education/how-to-apply/",
    "outreach/executive-education/", "events/", "events/a-seminar/", "events/feed.atom", "media/resource-pages/cohesive-societies/",
)  # fmt: skip
urlpatterns = [*(path(one, page) for one in TO_COME), path("", include("rsis.urls"))]
handler404 = "rsis.views.missing"


@pytest.fixture
def rooms_to_come(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def archive() -> dict[str, Publication]:
    """A commentary that was renamed, a paper, a speech, a newsletter, an op-ed, and who and what belongs to them."""
    commentaries = SeriesFactory.create(commentary=True)
    SeriesFactory.create(slug="counter-terrorist-trends-and-analyses")
    bulletins = SeriesFactory.create(slug="bulletins-and-newsletters")
    SeriesFactory.create(slug="policy-reports")
    SeriesFactory.create(slug="policy-reports", external=True)
    speeches = SeriesFactory.create(slug="speeches", media=True, shape=Series.Shape.SPEECH)
    opeds = SeriesFactory.create(slug="op-eds", external=True)
    for slug in ("cms", "cens", "idss", "icpvtr", "nssp", "srp", "stsp", "nts-centre"):
        CentreFactory.create(slug=slug)
    CentreFactory.create(slug="gpo")
    CentreFactory.create(slug="clusters", acronym="FITX")
    writer = PersonFactory.create(slug="mei-lin-tan", name="Mei Lin Tan")
    TopicFactory.create(slug="maritime-security")
    RegionFactory.create(slug="south-asia")
    return {
        "commentary": PublicationFactory.create(
            published=True, series=commentaries, number="CO18025", slug="ports-and-politics", authors=[writer],
            document=DocumentFactory.create(), tags=["asean"],
        ),
        "paper": PublicationFactory.create(published=True, number="IP22042", slug="a-paper"),
        "speech": PublicationFactory.create(published=True, series=speeches, slug="opening-address"),
        "newsletter": PublicationFactory.create(published=True, series=bulletins, slug="think-tank-2025"),
        "op-ed": PublicationFactory.create(published=True, series=opeds, slug="why-rules-matter"),
    }  # fmt: skip


HOPS = {
    "/rsis-publication/rsis/co18025-the-name-it-had-then": "/publications/rsis-commentary-series/ports-and-politics/",
    "/rsis-publication/rsis/co18025-ports-and-politics/": "/publications/rsis-commentary-series/ports-and-politics/",
    "/rsis-publication/RSIS/CO18025": "/publications/rsis-commentary-series/ports-and-politics/",
    "/rsis-publication/idss/ip22042-whatever": "/publications/{paper}/a-paper/",
    "/rsis-publication/cens/ports-and-politics/": "/publications/rsis-commentary-series/ports-and-politics/",
    "/rsis-publication/nts/ports-and-politics-2/": "/publications/rsis-commentary-series/ports-and-politics/",
    "/rsis-publication/cms/1686-ports-and-politics": "/publications/rsis-commentary-series/ports-and-politics/",
    "/staff-publication/why-rules-matter/": "/publications/external/op-eds/why-rules-matter/",
    "/profile/mei-lin-tan/": "/people/mei-lin-tan/",
    "/profile/dr-tan-mei-lin": "/people/mei-lin-tan/",
    "/event/a-seminar/": "/events/a-seminar/",
    "/rsis-event-article/idss/a-seminar/": "/events/a-seminar/",
    "/rsis-speeches-article/rsis/opening-address/": "/media/speeches/opening-address/",
    "/media-highlights/cohesive-societies": "/media/resource-pages/cohesive-societies/",
    "/publications/rsis-publications/commentaries/page/7": "/publications/rsis-commentary-series/",
    "/publications/rsis-publications/commentaries/": "/publications/rsis-commentary-series/",
    "/publications/rsis-publications/policy-reports/page/2/": "/publications/policy-reports/",
    "/publications/external-publications/policy-reports/": "/publications/external/policy-reports/",
    "/publications/rsis-publications/think-tank-2025/": "/publications/bulletins-and-newsletters/think-tank-2025/",
    "/publications/rsis-publications/think-tank-2019/": "/publications/bulletins-and-newsletters/",
    "/publications/page/12/": "/publications/",
    "/research/nts/": "/research/nts-centre/",
    "/research/fitx": "/research/clusters/",
    "/research/cms/about-cms/": "/research/cms/",
    "/research/icpvtr/conferences/past/": "/research/icpvtr/",
    "/research/other-programmes/stsp/": "/research/stsp/",
    "/research/other-programmes/stsp/publications": "/research/stsp/",
    "/ctta/": "/publications/counter-terrorist-trends-and-analyses/",
    "/ctta": "/publications/counter-terrorist-trends-and-analyses/",
    "/about-rsis/introduction/": "/about/introduction/",
    "/about-rsis/honours/": "/about/honours/",
    "/about-rsis/staff-profiles/management/": "/people/",
    "/about-rsis/": "/about/",
    "/gpo/admissions/how-to-apply": "/graduate-education/how-to-apply/",
    "/gpo/faculty/": "/graduate-education/",
    "/gpo": "/graduate-education/",
    "/external-education": "/outreach/executive-education/",
    "/cens-activities-2011": "/research/cens/",
    "/wp-content/uploads/2018/02/CO18025.pdf": "/publications/rsis-commentary-series/ports-and-politics/CO18025.pdf",
    "/wp-content/uploads/2022/08/ip22042_final.pdf": "/publications/{paper}/a-paper/",
    "/feed/": "/publications/feed.atom",
    "/feed": "/publications/feed.atom",
    "/feed/rss2/": "/publications/feed.atom",
    "/feed/?post_type=event": "/events/feed.atom",
    "/?feed=rss2&post_type=event": "/events/feed.atom",
    "/?feed=rss2": "/publications/feed.atom",
    "/topics/maritime-security/feed/": "/topics/maritime-security/feed.atom",
    "/tag/asean/feed/": "/tags/asean/feed.atom",
    "/about_rsis/rsis_objective.html": "/about/introduction/",
    "/grad/strategic-studies.htm": "/graduate-education/",
    "/author/mei-lin-tan/": "/people/mei-lin-tan/",
    "/author/mei-lin-tan/page/3/": "/people/mei-lin-tan/",
    "/tag/asean/": "/tags/asean/",
    "/tag/maritime-security": "/topics/maritime-security/",
    "/category/region/south-asia/": "/regions/south-asia/",
    "/page/4/": "/publications/",
    "/?s=south+sea": "/search/?q=south+sea",
    "/?tag=asean": "/tags/asean/",
    "/publications/rsis-commentary-series/co18025-former-slug/": "/publications/rsis-commentary-series/ports-and-politics/",
}  # fmt: skip


@pytest.mark.parametrize("old", HOPS)
def test_every_pattern_of_the_former_site_is_one_hop_from_a_page(
    client: Client, rooms_to_come: None, archive: dict[str, Publication], old: str
) -> None:
    answer = client.get(old)
    expected = HOPS[old].replace("{paper}", archive["paper"].series.slug)
    assert (answer.status_code, answer.get("Location")) == (301, expected)
    arrived = client.get(expected)
    if arrived.streaming:
        b"".join(arrived)
    assert arrived.status_code == 200


@pytest.mark.parametrize(
    "old",
    [
        "/rsis-publication/rsis/co18025-x",
        "/profile/mei-lin-tan",
        "/research/cms/about",
        "/ctta",
        "/tag/asean",
        "/page/2",
    ],
)
def test_case_slash_and_query_make_no_difference(client: Client, archive: dict[str, Publication], old: str) -> None:
    answers = [
        client.get(way) for way in (old, f"{old}/", old.upper(), f"{old}?utm_source=letter", f"{old}/?x=%E6%B5%B7")
    ]
    first = answers[0]["Location"]
    assert [(one.status_code, one["Location"]) for one in answers] == [
        (301, first), (301, first), (301, first), (301, f"{first}?utm_source=letter"), (301, f"{first}?x=%E6%B5%B7"),
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["draft", "in_review", "scheduled", "trashed"])
def test_nothing_leads_to_what_is_not_public(client: Client, state: str) -> None:
    """Neither a rule nor a row of the register, and the answer is that for an address nobody ever had."""
    wanted = {} if state == "draft" else {state: True}
    author = PersonFactory.create(slug="only-hers")
    piece = PublicationFactory.create(number="CO18025", slug="hidden", authors=[author], tags=["secret"], **wanted)
    Redirect.objects.create(old_path="/by-hand/", new_path=piece.get_absolute_url())
    old = {
        "/rsis-publication/rsis/co18025-x": 404, "/rsis-publication/rsis/hidden/": 404, "/staff-publication/hidden": 404,
        "/wp-content/uploads/2018/02/CO18025.pdf": 410, "/profile/only-hers/": 404, "/author/only-hers/": 410,
        "/tag/secret/": 410, "/by-hand/": 404, "/x/co18025-y/": 404,
    }  # fmt: skip
    assert {address: client.get(address).status_code for address in old} == old


def test_a_withdrawn_piece_is_found_under_its_old_address_by_its_notice(client: Client) -> None:
    piece = PublicationFactory.create(withdrawn=True, number="CO18025")
    answer = client.get("/rsis-publication/rsis/co18025-x")
    assert (answer.status_code, answer["Location"]) == (301, piece.get_absolute_url())


def test_a_place_that_is_not_there_yet_is_a_missing_page_and_no_dead_redirect(client: Client) -> None:
    for old in ("/event/a-seminar/", "/about-rsis/introduction/", "/media-highlights/x/"):
        assert client.get(old).status_code == 404


@pytest.mark.parametrize(
    "old",
    [
        "/?p=123",
        "/?page_id=9",
        "/author/nobody/",
        "/tag/nothing/",
        "/category/a/b/",
        "/wp-content/uploads/2011/05/a.jpg",
        "/2014/05/",
    ],
)
def test_what_wordpress_made_and_nobody_has_any_more_is_gone(client: Client, old: str) -> None:
    answer = client.get(old)
    assert (answer.status_code, "no longer here" in answer.content.decode()) == (410, True)


def test_an_old_key_in_the_register_leads_to_its_page(client: Client) -> None:
    redirects.add("/?p=123", "/topics/")
    assert [client.get(old).get("Location") for old in ("/?p=123", "/?p=123&preview=true")] == ["/topics/", "/topics/"]
    assert client.get("/?utm_source=letter&q=p").status_code == 200


def test_the_register_may_say_that_an_address_is_gone(client: Client) -> None:
    redirects.gone("/old-microsite/", is_prefix=True)
    assert [client.get(old).status_code for old in ("/old-microsite", "/old-microsite/a/b.html")] == [410, 410]


def test_a_row_of_the_register_goes_before_a_rule(client: Client, archive: dict[str, Publication]) -> None:
    redirects.add("/rsis-publication/rsis/co18025-x/", "/topics/")
    assert client.get("/rsis-publication/rsis/co18025-x")["Location"] == "/topics/"


HOSTILE = (
    "/rsis-publication/" + "a/" * 100, "/rsis-publication/rsis/" + "9" * 300, "/profile/" + "-".join("abcdefghij" * 9),
    "/rsis-publication/rsis/co99999999-x", "/wp-content/uploads/2018/02/../../../etc/passwd", "/tag/%27%20OR%201=1--/",
    "/category/" + "x/" * 60, "/research/" + "y/" * 60, "/a" * 150, "/event/%3Cscript%3E/", "/feed/" + "feed/" * 30,
    "/author/%F0%9F%90%9F/", "/media-highlights/..%5c..%5c", "/x/feed/", "/publications/rsis-publications/x/page/999999999",
)  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE, ids=lambda text: text[:30])
def test_a_hostile_address_is_answered_in_six_statements_at_most(
    client: Client, archive: dict[str, Publication], path: str
) -> None:
    client.get("/nowhere/")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code in {400, 404, 410}
    assert len(queries) <= 6  # one of them asks the tree, whose pages may have any address


@pytest.mark.parametrize(
    "path",
    [
        "/wp-login.php",
        "/xmlrpc.php",
        "/wp-json/wp/v2/users",
        "/wp-admin/",
        "/WP-LOGIN.PHP",
        "/.env",
        "/.git/config",
        "/a/b.php",
    ],
)
def test_a_probe_for_another_program_costs_no_statement(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    with django_assert_num_queries(0):
        answer = client.get(path)
    assert (answer.status_code, len(answer.content) < 100) == (404, True)


def test_no_rule_catches_an_address_of_this_site(client: Client, archive: dict[str, Publication]) -> None:
    """A page of ours that is missing for a moment must not be sent elsewhere for ever."""
    for live in (
        "/",
        "/publications/",
        "/topics/",
        "/people/",
        "/search/",
        "/sitemap.xml",
        "/topics/maritime-security/",
    ):
        assert old_addresses._rule(live.rstrip("/") or "/")[0] is None


def test_rules_are_in_small_letters_and_compile() -> None:
    known: list[Any] = [place for rule in old_addresses.RULES for place in rule.places]
    assert [place for place in known if isinstance(place, str) and not place.startswith("/")] == []
    assert {place[0] for place in known if isinstance(place, tuple)} <= set(old_addresses.FINDERS)
