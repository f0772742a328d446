"""The publication page, row by row of what today's site has, and the listings."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from editorial import renditions
from publications import page
from publications.models import Publication, Series
from tests.factories import (
    AuthorshipFactory,
    CentreFactory,
    DocumentFactory,
    ImageFactory,
    NoticeFactory,
    PersonFactory,
    PublicationFactory,
    ReaderResponseFactory,
    RegionFactory,
    SeriesFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

BODY = (
    "<p>The strait is busy.<sup class='fn' data-note='Port statistics.'></sup></p>"
    "<h2>What has changed</h2><p>Ships have grown.</p><h2>Conclusion</h2><p>Keep talking.</p>"
)


@pytest.fixture
def commentary() -> Publication:
    """A commentary with every piece of furniture a page can have."""
    series = SeriesFactory.create(commentary=True)
    piece = PublicationFactory.create(
        published=True,
        series=series,
        title="Quiet Rules for Crowded Straits",
        number="CO25059",
        synopsis="Small agreements keep ships apart.",
        body=BODY,
        image=ImageFactory.create(caption="Two lanes.", credit="Source: Our own"),
        document=DocumentFactory.create(),
        topics=[TopicFactory.create(name="Maritime Security"), TopicFactory.create(name="Regionalism")],
        regions=[RegionFactory.create(name="Southeast Asia and ASEAN")],
        centres=[CentreFactory.create(name="Institute of Straits")],
        tags=["shipping"],
    )
    renditions.make_due()
    AuthorshipFactory.create(
        publication=piece,
        person__name="Aisyah binte Rahmat",
        printed_affiliation="Senior Fellow, Institute of Straits",
        printed_note="Aisyah binte Rahmat is a Senior Fellow.",
    )
    NoticeFactory.create(publication=piece, text="The year was wrong.")
    ReaderResponseFactory.create(publication=piece, text="I have sailed there.", verdict="approved")
    ReaderResponseFactory.create(publication=piece, text="Unread words.")
    PublicationFactory.create(published=True, series=series, title="The Piece Before", issued_on="2020-01-01")
    PublicationFactory.create(published=True, title="An Answer", responds_to=piece)
    return piece


def text_of(client: Client, piece: Publication) -> str:
    response = client.get(piece.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    "shown",
    [
        'CO25059 | <span dir="auto">Quiet Rules for Crowded Straits</span>',  # S19-S21
        'rel="author">Aisyah binte Rahmat</a>',  # S22, linked
        "Senior Fellow, Institute of Straits",  # S30
        "Download PDF",  # S24
        "<p>Small agreements keep ships apart.</p>",  # S25
        "Two lanes. Source: Our own",  # S26
        'href="#s-what-has-changed"',  # S28
        "About the Author<",  # S29
        "Maritime Security</a>",
        "Southeast Asia and ASEAN</a>",  # S32
        "shipping</a>",
        "The year was wrong.",
        "I have sailed there.",
        "The Piece Before",
        "An Answer",
        "1 minute to read",
    ],
)
def test_the_page_shows_every_part_of_the_piece(client: Client, commentary: Publication, shown: str) -> None:
    body = text_of(client, commentary).partition("<body>")[2]
    assert body.count(shown) == 1


def test_breadcrumb_carries_the_title_without_the_number(client: Client, commentary: Publication) -> None:
    crumbs = re.search(r'<nav class="crumbs".*?</nav>', text_of(client, commentary), re.DOTALL)
    assert crumbs is not None
    assert re.findall(r">([^<>]+)</(?:a|span)>", crumbs[0]) == [
        "RSIS",
        "Publications",
        "RSIS Publications",
        "RSIS Commentary Series",
        "Quiet Rules for Crowded Straits",
    ]


def test_each_sentence_of_the_text_stands_once_in_the_page(client: Client, commentary: Publication) -> None:
    page = text_of(client, commentary)
    assert [page.count(words) for words in ("The strait is busy.", "Ships have grown.", "Port statistics.")] == [
        1,
        1,
        1,
    ]


def test_a_response_that_waits_is_not_shown(client: Client, commentary: Publication) -> None:
    assert "Unread words." not in text_of(client, commentary)


def test_two_authors_make_the_heading_plural(client: Client, commentary: Publication) -> None:
    AuthorshipFactory.create(publication=commentary, printed_note="The other one.", position=1)
    assert "About the Authors<" in text_of(client, commentary)


def test_all_thirteen_series_could_stand_beside_the_article_in_their_order(
    client: Client, commentary: Publication
) -> None:
    SeriesFactory.create(name="Annual Reviews", position=1)
    Series.objects.filter(slug="rsis-commentary-series").update(position=2)
    aside = text_of(client, commentary).partition('id="all-series"')[2]
    assert aside.index("Annual Reviews") < aside.index('aria-current="true">RSIS Commentary Series')


@pytest.mark.parametrize(("family", "others"), [("external", ["inhouse", "media"]), ("media", ["inhouse", "external"])])
def test_beside_a_piece_of_another_family_stand_the_series_of_that_family(
    client: Client, family: str, others: list[str]
) -> None:
    own = SeriesFactory.create(family=family, name="Its own", position=1)
    SeriesFactory.create(family=family, name="Its neighbour", position=2)
    for other in others:
        SeriesFactory.create(family=other, name=f"A stranger, {other}")
    piece = PublicationFactory.create(published=True, series=own)
    aside = text_of(client, piece).partition('id="all-series">')[2]
    heading, _, rest = aside.partition("</aside>")[0].partition("<")
    assert heading == own.get_family_display()
    assert re.findall(r"<a href=\"([^\"]+)\"[^>]*>([^<]+)", rest) == [
        (one.get_absolute_url(), one.name) for one in Series.objects.filter(family=family).order_by("position")
    ]
    previewed = page.labels(piece)["series"]
    assert [(one.name, one.url) for one in previewed] == [
        (one.name, one.get_absolute_url()) for one in Series.objects.filter(family=family).order_by("position")
    ]


def test_an_article_with_all_its_furniture_costs_nine_statements_at_first_and_then_one(
    client: Client, commentary: Publication, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(commentary.get_absolute_url())  # lets PostgreSQL prepare each statement
    another = PublicationFactory.create(published=True)
    for address in ("/publications/", another.get_absolute_url()):  # the catalogue, and the series beside every article
        client.get(address)
    for expected in (9, 1, 1):
        with django_assert_num_queries(expected):
            client.get(commentary.get_absolute_url())


def test_an_article_with_little_furniture_costs_few_statements(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pieces = PublicationFactory.create_batch(2, published=True, authors=[PersonFactory.create()])
    client.get("/publications/")
    client.get(pieces[0].get_absolute_url())
    with django_assert_num_queries(6):
        client.get(pieces[1].get_absolute_url())


def test_an_article_has_one_style_sheet_and_one_script_and_nothing_inline(
    client: Client, commentary: Publication
) -> None:
    page = text_of(client, commentary)
    assert page.count('rel="stylesheet"') == 1
    assert re.findall(r"<script ([^ >]+)", page) == ['type="application/ld+json"', 'type="module"']
    assert re.findall(r"\s(?:style|on\w+)=", page) == []


def test_a_withdrawn_piece_leaves_a_stone_without_text_or_file(client: Client) -> None:
    piece = PublicationFactory.create(
        withdrawn=True, title="Taken Back", body="<p>Secret words.</p>", document=DocumentFactory.create()
    )
    page = text_of(client, piece)
    assert "Taken Back" in page
    assert "Withdrawn at the request of the authors." in page
    assert "Secret words." not in page
    assert client.get(piece.get_file_url()).status_code == 404


def test_the_number_leads_to_the_piece_in_any_case(client: Client, commentary: Publication) -> None:
    response = client.get("/co25059")
    assert (response.status_code, response["Location"]) == (301, commentary.get_absolute_url())


def test_the_file_has_a_stable_address_and_name(client: Client, commentary: Publication) -> None:
    response = client.get(commentary.get_file_url())
    assert response.status_code == 200
    assert (
        commentary.get_file_url() == "/publications/rsis-commentary-series/quiet-rules-for-crowded-straits/CO25059.pdf"
    )
    assert 'filename="CO25059.pdf"' in response["Content-Disposition"]
    b"".join(response)


@pytest.mark.parametrize("count", [1, 3])
def test_a_listing_costs_the_same_for_one_and_three_pieces(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    topic, region = TopicFactory.create(), RegionFactory.create()
    for _each in range(count):
        PublicationFactory.create(
            published=True, authors=[PersonFactory.create()], topics=[topic], regions=[region], tags=["sea"]
        )
    client.get("/topics/")  # reads the catalogue; from here on only changes of the archive do
    for expected in (7, 1):
        with django_assert_num_queries(expected):
            client.get("/publications/")


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=abc", "page=1" + "0" * 30, "year=99999", "sort=x", "q[]=1"]
)
def test_odd_parameters_of_a_listing_are_ignored(client: Client, query: str) -> None:
    PublicationFactory.create(published=True, title="The Only One")
    response = client.get(f"/publications/?{query}")
    assert response.status_code == 200
    assert "The Only One" in response.content.decode()


def test_a_nul_in_an_address_is_refused(client: Client) -> None:
    assert client.get("/publications/?topic=%00").status_code == 400


def test_a_reader_may_respond_without_scripts_and_sees_what_is_wrong(client: Client, commentary: Publication) -> None:
    response = client.post(commentary.get_respond_url(), {"name": "Mei", "email": "mei", "text": "Kept words"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Kept words" in page
    assert 'href="#response-email"' in page


def test_a_response_without_its_stamp_is_thanked_and_not_kept(client: Client, commentary: Publication) -> None:
    before = commentary.reader_responses.count()
    sent = {"name": "Mei", "email": "mei@example.org", "text": "Buy now", "opened": ""}
    response = client.post(commentary.get_respond_url(), sent)
    assert response.status_code == 302
    assert commentary.reader_responses.count() == before


def test_every_list_says_in_a_sentence_what_it_holds(client: Client, commentary: Publication) -> None:
    person = commentary.authorships.get().person
    addresses = ["/publications/", "/topics/", "/people/", "/research/", person.get_absolute_url()]
    addresses += [commentary.topics.first().get_absolute_url(), commentary.centres.first().get_absolute_url()]
    found = [
        re.findall(r'<meta name="description" content="([^"]+)">', client.get(address).content.decode())
        for address in addresses
    ]
    assert [len(one) for one in found] == [1] * len(addresses)
    assert found[0] == ["Publications: 3 publications of the S. Rajaratnam School of International Studies."]
