"""What readers find, on both databases the same."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from editorial import pdf_texts
from editorial.models import Document, DocumentText, State
from editorial.uploads import replace_document
from people.models import Person
from publications.models import Authorship, Publication
from rsis import indexes
from rsis.models import UnansweredSearch
from tests.editorial.test_documents import accept, pdf, upload
from tests.factories import (
    AppointmentFactory,
    AuthorshipFactory,
    CentreFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    StaffProfileFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

BY_HAND = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"}


def titles(client: Client, typed: str, **more: str) -> list[str]:
    """Titles of the publications found, in order."""
    listing = client.get("/search/", {"q": typed, "kind": "publications"} | more).context["listing"]
    return [found.piece.title for found in listing.shown] if listing else []


def counts(client: Client, typed: str) -> dict[str, int]:
    context = client.get("/search/", {"q": typed}).context
    return {tab.name or "all": tab.count for tab in context["tabs"]}


PIECES: dict[str, dict[str, str]] = {
    "Governance of Straits": {"body": "<p>Rules keep ships apart.</p>"},
    "Summer in Paris": {"body": "<p>At the Élysée, <em>inter</em>national talks went on.</p>"},
    "Code of Conduct": {"synopsis": "Talks on a code."},
    "Conduct and a Code": {"synopsis": "Talks of conduct; the code came later."},
    "Trade Winds": {"body": "<p>China trades.<sup class='fn' data-note='Customs ledger.'></sup></p>"},
    "Trade at Rest": {"host_publication": "The Harbour Times"},
    "A Conversation": {"transcript": "<p>We spoke of typhoons.</p>"},
    "海上": {"body": "<p>关于南海问题</p>"},
}


@pytest.fixture
def pieces() -> None:
    for title, fields in PIECES.items():
        PublicationFactory.create(published=True, title=title, **fields)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("governing", {"Governance of Straits"}),
        ("STRAIT", {"Governance of Straits"}),
        ("elysee", {"Summer in Paris"}),
        ("Élysée", {"Summer in Paris"}),
        ("international", {"Summer in Paris"}),
        ('"code of conduct"', {"Code of Conduct"}),
        ("code conduct", {"Code of Conduct", "Conduct and a Code"}),
        ("trade -china", {"Trade at Rest"}),
        ("gov*", {"Governance of Straits"}),
        ("straits OR elysee", {"Governance of Straits", "Summer in Paris"}),
        ("ledger", {"Trade Winds"}),
        ("harbour times", {"Trade at Rest"}),
        ("typhoon", {"A Conversation"}),
        ("南海", {"海上"}),
        ("the code of the conduct", {"Code of Conduct", "Conduct and a Code"}),
        ("em", set()),
        ("nothing", set()),
    ],
)
def test_a_question_finds_the_same_on_both_databases(client: Client, pieces: None, typed: str, found: set[str]) -> None:
    assert set(titles(client, typed)) == found


@pytest.mark.parametrize("typed", ["CO25059", "co25059", "co 25059", "CO25/059", "co-25059"])
def test_a_number_leads_to_its_piece_first(client: Client, typed: str) -> None:
    series = SeriesFactory.create(commentary=True)
    PublicationFactory.create(
        published=True, series=series, title="The Piece", number="CO25059", issued_on="2025-01-01"
    )
    PublicationFactory.create(
        published=True, series=series, title="CO25059, CO25059: A Response to CO25059", number="CO25060"
    )
    assert titles(client, typed)[0] == "The Piece"


def test_title_weighs_more_than_byline_synopsis_text_and_pdf(client: Client) -> None:
    """Equal in age and length but for the place of the word."""
    document = accept(pdf(words="A monsoon"))
    for title, fields in {
        "In the PDF": {"document": document},
        "In the text": {"body": "<p>A monsoon</p>"},
        "In the synopsis": {"synopsis": "A monsoon"},
        "Of the monsoon": {},
    }.items():
        PublicationFactory.create(published=True, title=title, issued_on="2025-01-01", **fields)
    byline = PublicationFactory.create(published=True, title="By the one", issued_on="2025-01-01")
    AuthorshipFactory.create(publication=byline, printed_name="A Monsoon")
    pdf_texts.read_due()
    found = titles(client, "monsoon")
    assert found == ["Of the monsoon", "By the one", "In the synopsis", "In the text", "In the PDF"]


def test_newest_first_is_an_order_too(client: Client) -> None:
    PublicationFactory.create(published=True, title="Sea sea sea", issued_on="2024-01-01")
    PublicationFactory.create(published=True, title="Land", body="<p>Sea</p>", issued_on="2025-01-01")
    assert titles(client, "sea", sort="newest") == ["Land", "Sea sea sea"]
    assert titles(client, "sea") == ["Sea sea sea", "Land"]


def test_pages_of_an_answer_hold_every_piece_once(client: Client) -> None:
    for number in range(23):
        PublicationFactory.create(published=True, title=f"Sea {number}", issued_on="2025-01-01")
    pages = [titles(client, "sea", page=page) for page in ("1", "2", "3")]
    assert [len(page) for page in pages] == [10, 10, 3]
    assert len({title for page in pages for title in page}) == 23


def test_beyond_the_leading_pieces_the_rest_follows_by_date(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publications.searching.NEWEST", 3)
    monkeypatch.setattr("publications.searching.NEWEST_BY_HEAD", 2)
    for number in range(10, 35):
        PublicationFactory.create(published=True, title=f"Sea {number}", issued_on=f"2025-01-{number - 9:02}")
    found = [title for page in ("1", "2", "3") for title in titles(client, "sea", page=page)]
    assert found[3:] == [f"Sea {number}" for number in range(31, 9, -1)]
    assert set(found[:3]) == {"Sea 34", "Sea 33", "Sea 32"}


# ---- Whatever route writes -------------------------------------------------------------------------------------------


def test_pieces_and_bylines_made_in_bulk_are_found(client: Client) -> None:
    series, person = SeriesFactory.create(), PersonFactory.create(name="Nurul Huda")
    made = Publication.objects.bulk_create(
        Publication(
            series=series, title=f"Bulk {n}", slug=f"b{n}", state=State.PUBLISHED, publish_at="2025-01-01T00:00Z"
        )
        for n in range(3)
    )
    Authorship.objects.bulk_create(Authorship(publication=piece, person=person) for piece in made)
    assert len(titles(client, "bulk nurul")) == 3


def test_a_text_changed_by_bare_sql_is_found_by_its_new_words_only(client: Client) -> None:
    piece = PublicationFactory.create(published=True, title="Old tide", body="<p>Old words</p>")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE publications_publication SET title = %s, body = %s WHERE id = %s",
            ["New tide", "<p>Fresh</p>", piece.pk],
        )
    assert (titles(client, "old"), titles(client, "tide fresh")) == ([], ["New tide"])


def test_a_byline_follows_the_name_unless_it_was_printed(client: Client) -> None:
    person = PersonFactory.create(name="Tan Mei Lin")
    today, then = (PublicationFactory.create(published=True, title=title) for title in ("Today", "Then"))
    Authorship.objects.create(publication=today, person=person)
    Authorship.objects.create(publication=then, person=person, printed_name="Tan Mei Lin")
    Person.objects.filter(pk=person.pk).update(name="Koh Mei Lin")
    assert (titles(client, "koh"), titles(client, "tan")) == (["Today"], ["Then"])
    Authorship.objects.filter(publication=then).update(printed_name="Goh Mei Lin")
    assert (titles(client, "goh"), titles(client, "tan")) == (["Then"], [])
    Authorship.objects.filter(publication=then).delete()
    assert titles(client, "goh") == []


def test_a_byline_that_moves_to_another_piece_is_found_there_only(client: Client) -> None:
    one, other = (PublicationFactory.create(published=True, title=title) for title in ("One", "Other"))
    authorship = AuthorshipFactory.create(publication=one, printed_name="Siti Rahmah")
    Authorship.objects.filter(pk=authorship.pk).update(publication=other)
    assert titles(client, "rahmah") == ["Other"]


def test_a_changed_byline_leaves_the_text_findable(client: Client) -> None:
    piece = PublicationFactory.create(published=True, title="Tides", synopsis="Brine", body="<p>Salt</p>")
    AuthorshipFactory.create(publication=piece, printed_name="Arjun Nair")
    assert titles(client, "tides arjun brine salt") == ["Tides"]


def test_a_deleted_piece_leaves_the_index(client: Client) -> None:
    piece = PublicationFactory.create(published=True, title="Gone tomorrow")
    Publication.objects.filter(pk=piece.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM publications_publication_words")
        assert cursor.fetchone() == (0,)


def test_an_unindexable_text_leaves_its_piece_findable_by_title(client: Client) -> None:
    """More different words than a tsvector holds; SQLite takes them all."""
    body = " ".join(f"{number:x}{number * 7919:x}" for number in range(40_000))
    PublicationFactory.create(published=True, title="Register of hulls", synopsis="Long", body=f"<p>{body}</p>")
    assert titles(client, "hulls") == ["Register of hulls"]


def test_after_migrating_the_index_holds_what_stands_in_the_tables(client: Client) -> None:
    PublicationFactory.create(published=True, title="Kept through")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM publications_publication_words")
    assert titles(client, "kept") == []
    indexes.install(refill=True)
    assert titles(client, "kept") == ["Kept through"]
    PublicationFactory.create(published=True, title="Kept after")
    assert set(titles(client, "kept")) == {"Kept through", "Kept after"}


# ---- The text of PDFs ------------------------------------------------------------------------------------------------


def test_the_text_of_a_pdf_is_found_once_the_worker_has_read_it(client: Client) -> None:
    piece = PublicationFactory.create(
        published=True, title="A Paper", document=accept(pdf(words="Hydrographic survey"))
    )
    assert titles(client, "hydrographic") == []
    call_command("worker", "--once")
    assert titles(client, "hydrographic") == ["A Paper"]
    assert "<mark>Hydrographic</mark>" in client.get("/search/?q=hydrographic").content.decode()
    assert DocumentText.objects.values_list("version__document__publications", "due_at", "failed").get() == (
        piece.pk,
        None,
        "",
    )


def test_only_the_current_version_of_a_pdf_counts(client: Client) -> None:
    document = accept(pdf(words="Former figures"))
    PublicationFactory.create(published=True, title="A Paper", document=document)
    pdf_texts.read_due()
    replace_document(document, upload(pdf(words="Latter sums")))
    assert titles(client, "former") == []
    pdf_texts.read_due()
    assert (titles(client, "former"), titles(client, "latter")) == ([], ["A Paper"])


def test_a_pdf_that_cannot_be_read_is_tried_three_times_and_then_says_why() -> None:
    document = accept(pdf())
    assert document.current is not None
    document.current.file.storage.delete(document.current.file.name)
    with document.current.file.storage.open(document.current.file.name, "wb") as file:
        file.write(b"%PDF-1.4 broken")
    for _attempt in range(3):
        assert pdf_texts.read_due() == 1
        DocumentText.objects.filter(due_at__isnull=False).update(due_at="2025-01-01T00:00Z")
    assert pdf_texts.read_due() == 0
    row = DocumentText.objects.get()
    assert (row.attempts, row.failed, row.due_at) == (3, "damaged", None)


def test_each_pdf_is_read_once_and_recordings_never() -> None:
    accept(pdf())
    Document.objects.create(title="No file yet")
    assert [pdf_texts.read_due(), pdf_texts.read_due()] == [1, 0]


# ---- Kinds, tabs and facets ------------------------------------------------------------------------------------------


def test_results_stand_by_kind_with_a_tab_each(client: Client) -> None:
    PublicationFactory.create(published=True, title="Maritime law")
    author = PersonFactory.create(name="Author Unknown")
    AuthorshipFactory.create(person=author, publication=PublicationFactory.create(published=True))
    AppointmentFactory.create(person=author, title="Head of Maritime Studies")
    CentreFactory.create(name="Maritime Programme")
    assert counts(client, "maritime") == {
        "all": 3, "publications": 1, "people": 1, "centres": 1, "projects": 0, "events": 0, "pages": 0, "vacancies": 0,
        "resources": 0,
    }  # fmt: skip
    page = client.get("/search/?q=maritime&kind=people").content.decode()
    assert ("Author Unknown" in page, "Maritime law" in page, "Maritime Programme" in page) == (True, False, False)


def test_people_are_found_only_with_a_public_page_and_by_public_words(client: Client) -> None:
    StaffProfileFactory.create(published=True, person__name="Public Lim", biography="<p>Rivers.</p>")
    StaffProfileFactory.create(person__name="Draft Lim", biography="<p>Rivers.</p>")
    PersonFactory.create(name="Bare Lim")
    AuthorshipFactory.create(person__name="Drafting Lim", publication=PublicationFactory.create())
    author = AuthorshipFactory.create(
        person__name="Writing Lim", publication=PublicationFactory.create(published=True, title="Dams")
    ).person
    StaffProfileFactory.create(scheduled=True, person=author, biography="<p>Rivers.</p>")

    def people(typed: str) -> list[str]:
        groups = client.get("/search/", {"q": typed}).context["groups"]
        return [person.name for group in groups if group.name == "people" for person in group.page]

    assert people("lim") == ["Public Lim", "Writing Lim"]
    assert people("rivers") == ["Public Lim"]


def test_centres_are_found_by_acronym_and_description(client: Client) -> None:
    CentreFactory.create(name="Centre of Tides", acronym="COTI", description="<p>Estuaries.</p>")
    assert [counts(client, typed)["centres"] for typed in ("coti", "estuary", "tide")] == [1, 1, 1]


def test_facets_count_what_their_lists_hold(client: Client) -> None:
    sea, land = TopicFactory.create(name="Sea"), TopicFactory.create(name="Land")
    asia = RegionFactory.create(name="Asia")
    for number in range(12):
        PublicationFactory.create(
            published=True,
            title=f"Tide {number}",
            topics=[sea] if number % 3 else [sea, land],
            regions=[asia] if number % 2 else [],
            issued_on=f"{2020 + number % 4}-01-01",
        )
    PublicationFactory.create(published=True, title="Elsewhere", topics=[sea], regions=[asia])
    listing = client.get("/search/?q=tide").context["listing"]
    seen = 0
    for facet in listing.facets:
        for value in facet.values:
            assert client.get(value.url).context["listing"].count == value.count, value
            seen += 1
    assert seen > 8
    narrowed = client.get("/search/", {"q": "tide", "topic": land.slug, "region": asia.slug}).context["listing"]
    assert narrowed.count == 2
    assert [one.label for one in narrowed.active] == ["Land", "Asia"]


def test_words_narrow_any_listing_and_can_be_taken_away(client: Client) -> None:
    series = SeriesFactory.create(slug="papers")
    PublicationFactory.create(published=True, series=series, title="Tide tables")
    PublicationFactory.create(published=True, series=series, title="Train tables")
    PublicationFactory.create(published=True, title="Tide elsewhere")
    response = client.get("/publications/papers/?q=tide")
    listing = response.context["listing"]
    assert [piece.title for piece in listing.page] == ["Tide tables"]
    assert [(one.facet_label, one.label, one.remove_url) for one in listing.active] == [
        ("Words", "tide", "/publications/papers/")
    ]
    assert [piece.title for piece in listing.narrowed()] == ["Tide tables"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert [facet.name for facet in listing.facets if facet.name == "q"] == []


# ---- Zero results ----------------------------------------------------------------------------------------------------


def test_a_likely_misspelling_is_pointed_out(client: Client) -> None:
    PublicationFactory.create(published=True, title="Governments and Harbours")
    page = client.get("/search/?q=goverments+harbour").context
    assert page["proposal"] == ("governments harbour", "/search/?q=governments+harbour")
    assert client.get(page["proposal"][1]).context["total"] == 1


@pytest.mark.parametrize("state", ["in_review", "scheduled", "withdrawn", "trashed"])
def test_no_word_of_what_is_not_public_is_ever_proposed(client: Client, state: str) -> None:
    PublicationFactory.create(title="Secretariat", **{state: True})
    AuthorshipFactory.create(person__name="Secretaria Tan", publication=PublicationFactory.create())
    PublicationFactory.create(published=True, title="Another")
    assert client.get("/search/?q=secretariaat").context["proposal"] is None


def test_a_page_without_results_leads_on(client: Client) -> None:
    SeriesFactory.create(name="Shelved Papers", slug="shelved")
    page = client.get("/search/?q=nothing").content.decode()
    assert re.findall(r'href="(/publications/shelved/|/topics/)"', page.split("<main")[1].split("</main")[0]) == [
        "/topics/",
        "/publications/shelved/",
    ]
    assert "Nothing was found for “nothing”." in page


def test_searches_without_results_are_counted_when_people_ask(client: Client) -> None:
    PublicationFactory.create(published=True, title="Sea")
    for typed in ("Submarines", "  submarines ", "sea", "ask@example.org", "+65 6790 6982 00"):
        client.get("/search/", {"q": typed}, headers=BY_HAND)
    assert list(UnansweredSearch.objects.values_list("words", "times")) == [("submarines", 2)]


@pytest.mark.parametrize("left_out", list(BY_HAND))
def test_htp_1_reading_the_site_twice_leaves_the_database_unchanged(client: Client, left_out: str) -> None:
    """Robots send no sign of a click, whatever they ask."""
    headers = {name: value for name, value in BY_HAND.items() if name != left_out}
    for _again in range(2):
        client.get("/search/?q=submarines", headers=headers)
    assert UnansweredSearch.objects.count() == 0


def test_what_nobody_looked_for_in_a_year_is_forgotten() -> None:
    UnansweredSearch.objects.create(words="old", last_on="2020-01-01")
    UnansweredSearch.objects.create(words="new")
    call_command("worker", "--once")
    assert list(UnansweredSearch.objects.values_list("words", flat=True)) == ["new"]


def test_the_desk_lists_searches_without_results_and_may_purge_them(client: Client) -> None:
    editor = UserFactory.create(is_staff=True)
    editor.user_permissions.set(Permission.objects.filter(content_type__model="unansweredsearch"))
    client.force_login(editor)
    UnansweredSearch.objects.create(words="submarines", times=7)
    address = reverse("admin:rsis_unansweredsearch_changelist")
    page = client.get(address).content.decode()
    assert ("submarines" in page, "/search/?q=submarines" in page) == (True, True)
    row = UnansweredSearch.objects.get()
    client.post(address, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert UnansweredSearch.objects.count() == 0


# ---- The page itself -------------------------------------------------------------------------------------------------


def test_result_pages_are_for_no_index_and_the_page_that_asks_is(client: Client) -> None:
    left_out = {
        address: '<meta name="robots" content="noindex">' in client.get(address).content.decode()
        for address in ("/search/", "/search/?q=x", "/search/?q=x&kind=people")
    }
    assert left_out == {"/search/": False, "/search/?q=x": True, "/search/?q=x&kind=people": True}


def test_the_box_stands_in_every_masthead_and_on_the_page_for_missing_pages(client: Client) -> None:
    assert client.get("/privacy/").content.decode().count('role="search"') == 1
    assert client.get("/missing/").content.decode().count('role="search"') == 2


def test_what_was_typed_stands_escaped_in_box_and_title(client: Client) -> None:
    page = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert(1)" not in page
    assert page.count('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"') == 1


def test_hostile_text_of_a_piece_never_runs(client: Client) -> None:
    PublicationFactory.create(
        published=True, title="<script>alert('sea')</script>", synopsis="<img src=x onerror=alert('sea')> sea"
    )
    page = client.get("/search/?q=sea").content.decode()
    assert ("<script>alert" in page, "<img src=x" in page) == (False, False)
    assert "alert(&#x27;<mark>sea</mark>&#x27;)" in page


HOSTILE = [
    "'", '"', "''", '"""', "\\", "%", "_", "a & | !", "NOT", "AND OR NOT", "NEAR(a b)", "title:x", "{a}", "a^2", "*", "a**",
    "((((", "'; DROP TABLE x; --", "1 UNION SELECT 1", "pg_sleep(9)", "a" * 3900, "a " * 1900,
    "-" * 300, '"a" "', "<->", "a:*B", "\u202e", "ﷺ" * 200, "0", "co", "CO99999999999999999999", "a OR -b", "OR OR", "é" * 200,
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
@pytest.mark.parametrize("address", ["/search/", "/publications/"])
def test_any_text_is_answered_with_a_page(client: Client, address: str, typed: str) -> None:
    PublicationFactory.create(published=True, title="A title", body="<p>b</p>")
    for query in ({"q": typed}, {"q": [typed[:9], "b"]}):
        assert client.get(address, query).status_code == 200


@pytest.mark.parametrize(("typed", "status"), [("%ff%fe%c3", 200), ("a%00", 400)])
def test_broken_utf_8_is_read_as_well_as_can_be_and_nul_refused_as_everywhere(
    client: Client, typed: str, status: int
) -> None:
    assert client.get(f"/search/?q={typed}").status_code == status


@hypothesis_settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60),
    st.sampled_from(["", '"', "-", "*", " OR "]),
)
def test_any_string_at_all_is_answered_with_a_page(client: Client, text: str, operator: str) -> None:
    for typed in (text, operator + text, text + operator, f"a {operator}{text}"):
        assert client.get("/search/", {"q": typed}).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "99999999999", "x", "2"])
@pytest.mark.parametrize("kind", ["", "publications", "people", "centres", "x"])
def test_a_page_or_kind_that_does_not_exist_is_the_first(client: Client, page: str, kind: str) -> None:
    PublicationFactory.create(published=True, title="Sea")
    assert client.get("/search/", {"q": "sea", "page": page, "kind": kind}).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("kind", "statements"), [("", 18), ("publications", 15), ("people", 8), ("centres", 7)])
def test_a_search_page_costs_the_same_statements_for_one_and_for_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int, kind: str, statements: int
) -> None:
    furnish(number)
    client.get("/search/?q=sea")  # the catalogue is read
    with django_assert_num_queries(statements):
        assert client.get("/search/", {"q": "sea", "kind": kind}).context["total"] == 3 * number


def furnish(number: int) -> None:
    topic, region = TopicFactory.create(), RegionFactory.create()
    for place in range(number):
        piece = PublicationFactory.create(
            published=True, title=f"Sea {place}", topics=[topic], regions=[region], tags=["tide"]
        )
        AuthorshipFactory.create(publication=piece, person__name=f"Author {place}")
        StaffProfileFactory.create(published=True, person__name=f"Sea Person {place}")
        piece.centres.add(CentreFactory.create(name=f"Sea Centre {place}"))


def test_a_search_without_results_costs_a_fixed_number_of_statements(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    furnish(2)
    client.get("/search/?q=nothink")
    with django_assert_num_queries(7):
        assert client.get("/search/?q=nothink").context["total"] == 0


# ---- Never what is not public ----------------------------------------------------------------------------------------


@pytest.fixture
def hidden() -> Callable[[str], None]:
    def make(state: str) -> None:
        traits = {} if state == "draft" else {state: True}
        piece = PublicationFactory.create(
            title="Embargoed tide",
            synopsis="Embargoed",
            body="<p>Embargoed</p>",
            topics=[TopicFactory.create()],
            **traits,
        )
        AuthorshipFactory.create(publication=piece, person__name="Embargoed Person")

    return make


@pytest.mark.parametrize("state", ["draft", "in_review", "scheduled", "withdrawn", "trashed"])
def test_nothing_that_is_not_public_is_found_counted_or_shown(
    client: Client, hidden: Callable[[str], None], state: str
) -> None:
    hidden(state)
    PublicationFactory.create(published=True, title="Public tide")
    context = client.get("/search/?q=tide").context
    assert (context["total"], [piece.title for piece in context["listing"].page]) == (1, ["Public tide"])
    assert [
        value.label
        for facet in context["listing"].facets
        if facet.name in ("topic", "author")
        for value in facet.values
    ] == []
    found = client.get("/search/?q=embargoed")
    assert found.context["total"] == 0
    assert "mbargoed tide" not in found.content.decode()
