"""References: who is named and how, and that other programs read back what we write."""

import csv
import json
import re
from datetime import date
from io import StringIO
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts
from hypothesis import given
from hypothesis import strategies as st

from publications.citing import Kind, Name, Reference, name_of, reference
from publications.models import Authorship, Publication, Series
from publications.references import FORMATS, bibtex, cell, csl, csv_row, ris
from tests.factories import AuthorshipFactory, DocumentFactory, PersonFactory, PublicationFactory, SeriesFactory

HOUSE = "S. Rajaratnam School of International Studies"


def record(**changes: Any) -> Reference:
    values: dict[str, Any] = {
        "key": "CO25059",
        "kind": Kind.REPORT,
        "title": "Quiet Rules",
        "authors": (Name("Goh Kah Leong", "Goh", "Kah Leong"),),
        "editors": (),
        "translators": (),
        "date": (2025, 3, 20),
        "url": "https://rsis.example/publications/x/quiet-rules/",
    }
    return Reference(**(values | changes))


def read_bibtex(text: str) -> dict[str, str]:
    library = bibtexparser.parse_string(text)
    assert (len(library.entries), library.failed_blocks) == (1, [])
    return {field.key: str(field.value) for field in library.entries[0].fields}


NAMED = {"backslash": "\\", "braceleft": "{", "braceright": "}", "asciitilde": "~", "asciicircum": "^"}


def untex(text: str) -> str:
    """What TeX prints for the field, the braces that only hold it together taken away."""
    bare = text.removeprefix("{").removesuffix("}") if re.fullmatch(r"\{.*\}", text) else text
    return re.sub(r"\\(?:text(\w+)\{\}|([&%$#_]))", lambda found: NAMED[found[1]] if found[1] else found[2], bare)


def read_names(text: str) -> list[str]:
    """`Family, Given` or the whole name, as bibtexparser takes the field apart."""
    library = bibtexparser.parse_string(text, append_middleware=[SeparateCoAuthors(), SplitNameParts()])
    names = []
    for parts in library.entries[0].fields_dict["author"].value:
        family, first = " ".join([*parts.von, *parts.last]), " ".join(parts.first)
        names.append(", ".join(untex(part) for part in (family, first) if part))
    return names


# Names as they are printed here: with commas, in one piece, patronymics, the family first, organisations.
NAMES = [
    Name("Goh Kah Leong", "Goh", "Kah Leong"),
    Name("Aisyah binte Rahmat"),
    Name("Haziq bin Sulaiman"),
    Name("Wirasena"),
    Name("Martin King, Jr", "King", "Martin, Jr"),
    Name("Smith, Jones and Partners"),
    Name("Ministry of Trade and Industry"),
    Name("María de la Cruz", "de la Cruz", "María"),
    Name("Layth ibn Nasr al-Huwayli", "al-Huwayli", "Layth ibn Nasr"),
    Name("沈慕遥", "沈", "慕遥"),
    Name("Research & Development {Unit} 100%"),
    Name(HOUSE),
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.printed)
def test_cit_3_a_name_of_any_custom_comes_back_whole_and_in_its_place(name: Name) -> None:
    people = (Name("First One", "One", "First"), name, Name("Last One", "One", "Last"))
    one = record(authors=people)
    expected = [person.inverted for person in people]
    assert read_names(bibtex(one)) == expected
    assert rispy.loads(ris(one))[0]["authors"] == expected
    assert [
        f"{person['family']}, {person['given']}" if "family" in person else person["literal"]
        for person in csl(one)["author"]
    ] == expected


# What a title field can hold: any letters, no controls, no blanks at the ends.
TITLES = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=" \\{}~^&%$#_\"'@<>|"), min_size=1, max_size=80
).map(lambda text: " ".join(text.split()) or "x")
PARTS = st.text(st.characters(categories=("L", "N"), include_characters=" ,-.'&"), min_size=1, max_size=20).map(
    lambda text: " ".join(text.split()).strip(" ,&") or "x"  # a sign of and at an end misleads bibtexparser
)
PEOPLE = st.lists(
    st.one_of(PARTS.map(Name), st.builds(lambda family, first: Name(f"{first} {family}", family, first), PARTS, PARTS)),
    min_size=1,
    max_size=4,
).map(tuple)


@given(title=TITLES, people=PEOPLE, day=st.dates())
def test_cit_3_ris_and_csl_come_back_equal_whatever_was_typed(title: str, people: tuple[Name, ...], day: Any) -> None:
    parts = (day.year, day.month, day.day)
    one = record(title=title, authors=people, date=parts, doi="10.1000/a_b(1)")
    read = rispy.loads(ris(one))[0]
    assert (read["title"], read["authors"]) == (title, [name.inverted for name in people])
    assert (read["year"], read["date"]) == (str(day.year), "/".join(f"{part:02}" for part in parts) + "/")
    assert (read["urls"], read["doi"]) == ([one.url], one.doi)
    item = json.loads(FORMATS["json"].write(one))
    assert (item["title"], item["issued"], item["URL"], item["DOI"]) == (
        title,
        {"date-parts": [list(parts)]},
        one.url,
        one.doi,
    )


@given(title=TITLES)
def test_cit_3_bibtex_comes_back_equal_whatever_was_typed(title: str) -> None:
    one = record(title=title, doi="10.1000/a_b(1)")
    read = read_bibtex(bibtex(one))
    assert untex(read["title"]) == title
    assert (read["year"], read["month"], read["day"]) == ("2025", "mar", "20")
    assert (read["url"], read["doi"]) == (one.url, one.doi)


@given(people=PEOPLE)
def test_cit_3_bibtex_names_come_back_in_order(people: tuple[Name, ...]) -> None:
    assert read_names(bibtex(record(authors=people))) == [name.inverted for name in people]


def test_cit_2_bibtex_escapes_what_tex_would_take_for_commands_and_keeps_capitals() -> None:
    text = bibtex(record(title="50% of R&D in $ #1_a {x} ~^\\ ASEAN"))
    assert r"title = {{50\% of R\&D in \$ \#1\_a \textbraceleft{}x\textbraceright{} " in text
    assert r"\textasciitilde{}\textasciicircum{}\textbackslash{} ASEAN}}" in text


@given(title=TITLES, note=TITLES)
def test_cit_2_braces_of_bibtex_are_balanced_whatever_was_typed(title: str, note: str) -> None:
    text = bibtex(record(title=title, abstract=note, publisher=note, authors=(Name(title),), doi="10.1000/{"))
    assert text.count("{") == text.count("}")


def test_cit_2_ris_begins_with_ty_ends_with_er_and_has_an_au_for_each_author() -> None:
    people = (NAMES[0], NAMES[1])
    lines = ris(record(authors=people, abstract="One.")).split("\r\n")
    assert lines[0] == "TY  - RPRT"
    assert [line for line in lines if line.startswith("AU  - ")] == [
        "AU  - Goh, Kah Leong",
        "AU  - Aisyah binte Rahmat",
    ]
    assert lines[-3:] == ["ER  - ", "", ""]
    assert "\n" not in "".join(lines)


# CSL 1.0.2, csl-data.json: the names and types it knows, of those we use.
CSL_NAMES = {
    "id", "type", "title", "author", "editor", "translator", "issued", "container-title", "collection-title", "number",
    "event-title", "publisher", "publisher-place", "volume", "issue", "page", "number-of-pages", "DOI", "ISBN", "ISSN",
    "URL", "language", "abstract",
}  # fmt: skip
CSL_TYPES = {"report", "article-journal", "article-newspaper", "book", "chapter", "article", "speech", "broadcast"}


@pytest.mark.parametrize("kind", Kind)
def test_cit_1_csl_has_id_and_type_and_no_name_that_the_schema_does_not_know(kind: Kind) -> None:
    everything = {
        name: "12–29" for name, field in Reference.__dataclass_fields__.items() if field.type == "str" and name != "key"
    }
    item = csl(record(**everything, kind=kind, editors=(NAMES[1],), translators=(NAMES[2],)))
    assert item["id"] == "CO25059"
    assert item["type"] in CSL_TYPES
    assert set(item) - CSL_NAMES == set()
    for names in (item["author"], item["editor"], item["translator"]):
        assert all(set(name) in ({"family", "given"}, {"literal"}) for name in names)
    assert item["issued"] == {"date-parts": [[2025, 3, 20]]}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM", "'@SUM"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("A = B", "A = B"),
        ("", ""),
    ],
)
def test_a_spreadsheet_runs_no_cell(typed: str, written: str) -> None:
    assert cell(typed) == written


@given(title=TITLES, note=TITLES)
def test_csv_has_as_many_cells_as_columns_whatever_was_typed(title: str, note: str) -> None:
    rows = list(csv.reader(StringIO(FORMATS["csv"].opens + csv_row(record(title=title, abstract=note)), newline="")))
    assert [len(row) for row in rows] == [18, 18]
    assert (rows[0][1], rows[1][1]) == ("Title", cell(title))


# From here on: what a reference says of a piece.

pytestmark = pytest.mark.django_db


def signed(printed: str, **fields: str) -> Authorship:
    fields.setdefault("name", printed)
    return AuthorshipFactory.create(person=PersonFactory.create(**fields), printed_name=printed)


@pytest.mark.parametrize(
    ("printed", "fields", "expected"),
    [
        ("Goh Kah Leong", {"family_name": "Goh", "given_names": "Kah Leong"}, "Goh, Kah Leong"),
        ("Kah Leong Goh", {"family_name": "Goh", "given_names": "Kah Leong"}, "Goh, Kah Leong"),
        ("K. L. Goh", {"name": "Goh Kah Leong", "family_name": "Goh", "given_names": "Kah Leong"}, "Goh, K. L."),
        ("Aisyah binte Rahmat", {"given_names": "Aisyah"}, "Aisyah binte Rahmat"),
        ("K. R. Ilangovan", {"given_names": "Ilangovan", "sort_name": "Ilangovan, K. R."}, "Ilangovan, K. R."),
        ("K. Ilangovan", {"name": "K. R. Ilangovan", "sort_name": "Ilangovan, K. R."}, "K. Ilangovan"),
        ("Mary Smith", {"name": "Mary Jones", "family_name": "Jones", "given_names": "Mary"}, "Mary Smith"),
        ("Mary Gohlson", {"name": "M", "family_name": "Goh", "given_names": "Mary"}, "Mary Gohlson"),
        ("Institute of Straits", {}, "Institute of Straits"),
    ],
)
def test_a_printed_name_is_parted_only_where_the_person_says(
    printed: str, fields: dict[str, str], expected: str
) -> None:
    assert name_of(signed(printed, **fields)).inverted == expected


def test_authors_stand_in_printed_order_and_editors_apart() -> None:
    piece = PublicationFactory.create(published=True)
    for position, (name, role) in enumerate([("Second", "author"), ("First", "author"), ("Third", "editor")]):
        AuthorshipFactory.create(publication=piece, person__name=name, position=9 - position, role=role)
    one = reference(piece)
    assert [name.printed for name in one.authors] == ["First", "Second"]
    assert [name.printed for name in one.editors] == ["Third"]


def test_what_nobody_signed_is_by_the_school_unless_it_appeared_elsewhere() -> None:
    assert reference(PublicationFactory.create()).authors == (Name(HOUSE),)
    elsewhere = PublicationFactory.create(series=SeriesFactory.create(external=True))
    assert reference(elsewhere).authors == ()


@pytest.mark.parametrize(
    ("shape", "fields", "kind"),
    [
        ("commentary", {}, Kind.REPORT),
        ("paper", {}, Kind.REPORT),
        ("newsletter", {}, Kind.REPORT),
        ("book", {}, Kind.BOOK),
        ("journal", {}, Kind.ARTICLE),
        ("news", {}, Kind.RELEASE),
        ("speech", {}, Kind.SPEECH),
        ("recording", {"media_url": "https://www.youtube.com/watch?v=x"}, Kind.VIDEO),
        ("recording", {"media_url": "https://soundcloud.com/x"}, Kind.AUDIO),
        ("external", {"host_publication": "A Journal", "volume": "3"}, Kind.ARTICLE),
        ("external", {"host_publication": "The Harbour Times"}, Kind.NEWSPAPER),
        ("external", {"host_publication": "A Book", "publisher": "A House"}, Kind.CHAPTER),
        ("external", {"publisher": "An Institute"}, Kind.REPORT),
    ],
)
def test_a_piece_is_cited_as_what_it_is(shape: str, fields: dict[str, str], kind: Kind) -> None:
    family = Series.Family.EXTERNAL if shape == "external" else Series.Family.INHOUSE
    series = SeriesFactory.create(shape=shape, family=family)
    assert reference(PublicationFactory.create(series=series, **fields)).kind is kind


def test_an_article_takes_volume_and_issue_from_the_public_issue_it_is_in() -> None:
    journal = SeriesFactory.create(shape=Series.Shape.JOURNAL, name="Trends", issn="2382-6444")
    issue = PublicationFactory.create(published=True, series=journal, volume="17", issue="2")
    one = reference(PublicationFactory.create(series=journal, part_of=issue, pages="12–29"))
    assert (one.container, one.volume, one.issue, one.page_range, one.issn) == (
        "Trends",
        "17",
        "2",
        ("12", "29"),
        "2382-6444",
    )
    Publication.objects.filter(pk=issue.pk).update(state="draft")
    issue.refresh_from_db()
    assert reference(PublicationFactory.create(series=journal, part_of=issue)).volume == ""


def test_the_date_is_as_exact_as_printed() -> None:
    dates = [
        reference(PublicationFactory.create(issued_on=date(2025, 3, 20), date_precision=precision)).date
        for precision in ("day", "month", "year")
    ]
    assert dates == [(2025, 3, 20), (2025, 3), (2025,)]


def test_cit_2_keys_are_plain_and_unique_without_numbers_too() -> None:
    numbered = PublicationFactory.create(number="CO25059")
    pieces = [
        numbered,
        *PublicationFactory.create_batch(2, authors=[PersonFactory.create(name="沈", family_name="沈")]),
    ]
    keys = [reference(piece).key for piece in pieces]
    assert len(set(keys)) == 3
    assert keys[0] == "CO25059"
    assert [key for key in keys if not re.fullmatch(r"[A-Za-z0-9:.-]+", key)] == []


def test_the_file_is_named_only_when_there_is_one() -> None:
    without = PublicationFactory.create(document=DocumentFactory.create(versions=False))
    assert reference(without).file_url == ""
    piece = PublicationFactory.create(document=DocumentFactory.create())
    assert reference(piece).file_url.endswith(piece.get_file_url())
