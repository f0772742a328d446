"""The addresses under which references are had: of one piece, of a listing."""

import csv
import json
from io import StringIO

import bibtexparser
import pytest
import rispy
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from publications import exporting, listing
from publications.models import Publication
from tests.factories import (
    AuthorshipFactory,
    CentreFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

TYPES = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response).decode() if response.streaming else response.content.decode()


def titles(extension: str, text: str) -> list[str]:
    """As another program reads them."""
    match extension:
        case "bib":
            entries = bibtexparser.parse_string(text).entries
            return [str(entry.fields_dict["title"].value).strip("{}") for entry in entries]
        case "ris":
            return [str(entry["title"]) for entry in rispy.loads(text)]
        case "json":
            return [str(entry["title"]) for entry in json.loads(text)]
        case _:
            return [row[1] for row in list(csv.reader(StringIO(text, newline="")))[1:]]


@pytest.mark.parametrize("family", ["inhouse", "external", "media"])
@pytest.mark.parametrize("extension", ["bib", "ris", "json"])
def test_cit_3_a_piece_of_every_family_is_had_as_a_reference(client: Client, family: str, extension: str) -> None:
    piece = PublicationFactory.create(published=True, series=SeriesFactory.create(family=family), title="Ports & Rules")
    address = f"{piece.get_absolute_url()}cite.{extension}"
    assert piece.get_cite_url(extension) == address
    expected = r"Ports \& Rules" if extension == "bib" else "Ports & Rules"
    assert titles(extension, read(client, address)) == [expected]
    assert client.get(address)["Content-Type"] == TYPES[extension]


def test_sig_2_a_reference_is_saved_under_the_name_of_its_piece(client: Client) -> None:
    piece = PublicationFactory.create(published=True, number="CO25059")
    found = client.get(piece.get_cite_url("bib"))["Content-Disposition"]
    assert found == "attachment; filename=\"CO25059.bib\"; filename*=UTF-8''CO25059.bib"


def test_an_unknown_format_is_not_found(client: Client) -> None:
    piece = PublicationFactory.create(published=True)
    addresses = [f"{piece.get_absolute_url()}cite.{name}" for name in ("csv", "exe", "BIB")]
    assert [client.get(address).status_code for address in [*addresses, "/publications/export.exe"]] == [404] * 4


LISTINGS = [
    "/publications/",
    "/publications/year/2025/",
    "/publications/in-house/",
    "/publications/papers/",
    "/topics/strait/",
    "/regions/asia/",
    "/tags/sea/",
    "/people/mei/",
    "/research/institute/",
]


@pytest.fixture
def pieces() -> list[Publication]:
    """Three that share every facet, and one that shares none."""
    shared = {
        "series": SeriesFactory.create(slug="papers"),
        "topics": [TopicFactory.create(slug="strait")],
        "regions": [RegionFactory.create(slug="asia")],
        "centres": [CentreFactory.create(slug="institute")],
        "tags": ["sea"],
        "authors": [PersonFactory.create(slug="mei")],
    }
    PublicationFactory.create(
        published=True, title="Alone", series=SeriesFactory.create(external=True), issued_on="1999-01-01"
    )
    return [
        PublicationFactory.create(published=True, title=f"Piece {n}", issued_on=f"2025-03-{n:02}", **shared)
        for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("extension", TYPES)
@pytest.mark.parametrize("address", LISTINGS)
def test_every_listing_is_had_as_references_in_its_own_order(
    client: Client, pieces: list[Publication], address: str, extension: str
) -> None:
    expected = ["Piece 3", "Piece 2", "Piece 1", *(["Alone"] if address == "/publications/" else [])]
    assert titles(extension, read(client, f"{address}export.{extension}")) == expected
    assert client.get(f"{address}export.{extension}")["Content-Type"] == TYPES[extension]


@pytest.mark.parametrize("address", ["/publications/external/", "/publications/external/year/1999/"])
def test_external_listings_are_had_as_references(client: Client, pieces: list[Publication], address: str) -> None:
    assert titles("ris", read(client, f"{address}export.ris")) == ["Alone"]


def test_an_export_carries_the_filters_and_the_order_of_the_page(client: Client, pieces: list[Publication]) -> None:
    pieces[0].tags.add("rare")
    assert titles("ris", read(client, "/publications/export.ris?tag=rare")) == ["Piece 1"]
    assert titles("ris", read(client, "/topics/strait/export.ris?sort=oldest")) == ["Piece 1", "Piece 2", "Piece 3"]
    page = client.get("/publications/?tag=sea&sort=oldest").content.decode()
    assert 'href="/publications/export.bib?tag=sea&amp;sort=oldest"' in page


def test_nothing_is_offered_for_an_empty_list(client: Client) -> None:
    TopicFactory.create(slug="strait")
    assert "export.bib" not in client.get("/topics/strait/").content.decode()
    assert titles("json", read(client, "/topics/strait/export.json")) == []


def test_keys_of_a_list_are_unique(client: Client, pieces: list[Publication]) -> None:
    library = bibtexparser.parse_string(read(client, "/publications/export.bib"))
    assert len({entry.key for entry in library.entries}) == 4
    assert library.failed_blocks == []


@pytest.mark.parametrize("count", [1, 3])
def test_an_export_costs_the_same_for_one_and_three_pieces(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(count):
        PublicationFactory.create(published=True, authors=[PersonFactory.create()])
    client.get("/publications/")
    with django_assert_num_queries(5):
        read(client, "/publications/export.bib")


def test_a_long_list_is_read_in_batches_and_ends_at_the_limit(
    client: Client, pieces: list[Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    assert len(titles("bib", read(client, "/publications/export.bib"))) == 4
    monkeypatch.setattr(exporting, "MOST_EXPORTED", 3)
    assert len(titles("bib", read(client, "/publications/export.bib"))) == 3
    monkeypatch.setattr(listing, "MOST_EXPORTED", 3)
    assert "The first 3 pieces" in client.get("/publications/").content.decode()


def test_a_spreadsheet_sees_utf_8_and_runs_nothing(client: Client) -> None:
    PublicationFactory.create(published=True, title="=HYPERLINK(1)", synopsis="Straße\nund mehr")
    text = read(client, "/publications/export.csv")
    assert text.startswith('\ufeff"Number","Title"')
    row = list(csv.reader(StringIO(text, newline="")))[1]
    assert (row[1], row[-1]) == ("'=HYPERLINK(1)", "Straße und mehr")


def test_who_and_what_only_drafts_name_is_not_found(client: Client) -> None:
    PublicationFactory.create(title="Draft", authors=[PersonFactory.create(slug="mei")], tags=["sea"])
    addresses = ["/people/mei/export.bib", "/tags/sea/export.bib", "/topics/none/export.bib", "/people/x/export.csv"]
    assert [client.get(address).status_code for address in addresses] == [404] * 4


@pytest.mark.parametrize("query", ["tag=%00", "sort=x&page=-1", "tag=a&tag=b", "q[]=1", f"tag={'x' * 7000}", "tag=%ff"])
def test_odd_parameters_of_an_export_never_fail(client: Client, pieces: list[Publication], query: str) -> None:
    response = client.get(f"/publications/export.bib?{query}")
    is_refused = query == "tag=%00" or len(query) > 4000
    assert response.status_code == (400 if is_refused else 200)


def test_years_out_of_range_are_not_found(client: Client) -> None:
    assert client.get("/publications/year/99999999999/export.bib").status_code == 404


def test_only_the_head_of_an_export_costs_no_reading(client: Client, pieces: list[Publication]) -> None:
    response = client.head("/publications/export.bib")
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")


def test_a_printed_name_with_the_person_of_today_is_what_a_list_names(client: Client) -> None:
    piece = PublicationFactory.create(published=True)
    person = PersonFactory.create(name="Mary Jones", family_name="Jones", given_names="Mary")
    AuthorshipFactory.create(publication=piece, person=person, printed_name="Mary Smith")
    assert [entry["authors"] for entry in rispy.loads(read(client, "/publications/export.ris"))] == [["Mary Smith"]]


def test_gsc_4_references_name_the_public_host(client: Client, pieces: list[Publication], settings: Settings) -> None:
    settings.SITE_URL = "https://www.rsis.example/"
    text = read(client, "/publications/export.bib")
    assert text.count("https://www.rsis.example/publications/") == 4
    assert "localhost" not in text
