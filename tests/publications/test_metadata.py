"""What machines read on a page of ours."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from editorial import preview, saving
from editorial.metadata import Metadata
from publications.models import Publication, Series
from tests.factories import (
    AppointmentFactory,
    AuthorshipFactory,
    CentreFactory,
    DocumentFactory,
    DocumentVersionFactory,
    ImageFactory,
    NoticeFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    StaffProfileFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HOST = "https://www.rsis.example"


@pytest.fixture(autouse=True)
def public_host(settings: Settings) -> None:
    settings.SITE_URL = HOST


class Head(HTMLParser):
    """Meta tags, links, data blocks and the breadcrumb of a page, as a browser would part them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.metas: list[tuple[str, str]] = []
        self.links: list[dict[str, str | None]] = []
        self.blocks: list[str] = []
        self.crumbs: list[str] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta":
            self.metas.append((given.get("name") or given.get("property") or "", given.get("content") or ""))
        if tag == "link":
            self.links.append(given)
        if tag == "script" and given.get("type") == "application/ld+json":
            self.blocks.append("")
            self.inside = "block"
        if tag == "nav" and given.get("class") == "crumbs":
            self.inside = "crumbs"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "nav"}:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "block":
            self.blocks[-1] += data
        if self.inside == "crumbs" and data.strip():
            self.crumbs.append(data)

    def all(self, name: str) -> list[str]:
        return [content for given, content in self.metas if given == name]

    @property
    def graph(self) -> list[dict[str, Any]]:
        assert len(self.blocks) == 1
        found: list[dict[str, Any]] = json.loads(self.blocks[0])["@graph"]
        return found

    def node(self, kind: str) -> dict[str, Any]:
        return next(node for node in self.graph if node["@type"] == kind)


def head_of(client: Client, address: str) -> Head:
    response = client.get(address)
    assert response.status_code == 200
    return Head(response.content.decode())


@pytest.fixture
def commentary() -> Publication:
    six = datetime(2025, 3, 19, 22, 0, tzinfo=UTC)  # 06:00 in Singapore, the day after
    series = SeriesFactory.create(commentary=True, licence_url="https://licence.example/by/")
    piece = PublicationFactory.create(
        published=True,
        series=series,
        title="Quiet Rules",
        slug="quiet-rules",
        number="CO25059",
        synopsis="Small agreements keep ships apart.",
        publish_at=six,
        first_published_at=six,
        issued_on=date(2025, 3, 20),
        doi="10.5555/rsis.1",
        document=DocumentFactory.create(),
        image=ImageFactory.create(),
        topics=[TopicFactory.create(name="Maritime Security", slug="sea")],
        regions=[RegionFactory.create(name="Asia", slug="asia")],
        tags=["straits"],
    )
    goh = PersonFactory.create(
        name="Goh Kah Leong",
        slug="goh",
        family_name="Goh",
        given_names="Kah Leong",
        orcid="0000-0002-1825-0097",
        email="private@rsis.example",
    )
    AuthorshipFactory.create(publication=piece, person=goh, position=1, printed_affiliation="Institute of Straits")
    AuthorshipFactory.create(publication=piece, person__name="Aisyah binte Rahmat", person__slug="aisyah", position=0)
    return piece


PAGE = "/publications/rsis-commentary-series/quiet-rules/"


def test_gsc_1_and_2_the_landing_page_names_title_every_author_in_order_and_the_day(
    client: Client, commentary: Publication
) -> None:
    head = head_of(client, PAGE)
    assert head.all("citation_title") == ["Quiet Rules"]
    assert head.all("citation_author") == ["Aisyah binte Rahmat", "Goh, Kah Leong"]
    assert head.all("citation_publication_date") == ["2025/03/20"]


def test_gsc_2_no_tag_is_empty(client: Client) -> None:
    piece = PublicationFactory.create(published=True, language="")
    assert [pair for pair in head_of(client, piece.get_absolute_url()).metas[2:] if not all(pair)] == []


def test_gsc_3_the_file_lies_below_its_page_and_answers(client: Client, commentary: Publication) -> None:
    (address,) = head_of(client, PAGE).all("citation_pdf_url")
    assert address == f"{HOST}{PAGE}CO25059.pdf"
    response = client.get(address.removeprefix(HOST))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    b"".join(response)


def test_gsc_3_no_file_is_named_where_there_is_none(client: Client) -> None:
    piece = PublicationFactory.create(published=True, document=DocumentFactory.create(versions=False))
    assert head_of(client, piece.get_absolute_url()).all("citation_pdf_url") == []


def test_gsc_4_every_address_in_the_head_has_the_public_host(client: Client, commentary: Publication) -> None:
    response = client.get(PAGE, headers={"host": "localhost"})
    head = response.content.decode().partition("</head>")[0]
    assert (
        re.findall(r"https?://(?!www\.rsis\.example|schema\.org|doi\.org|orcid\.org|licence\.example)[^\s\"]+", head)
        == []
    )
    assert "localhost" not in response["Link"]


def test_gsc_5_an_affiliation_and_an_orcid_follow_their_author(client: Client, commentary: Publication) -> None:
    tags = [pair for pair in head_of(client, PAGE).metas if pair[0].startswith("citation_author")]
    assert tags == [
        ("citation_author", "Aisyah binte Rahmat"),
        ("citation_author", "Goh, Kah Leong"),
        ("citation_author_institution", "Institute of Straits"),
        ("citation_author_orcid", "https://orcid.org/0000-0002-1825-0097"),
    ]


def test_gsc_6_a_report_names_institution_number_doi_language_and_page(client: Client, commentary: Publication) -> None:
    head = head_of(client, PAGE)
    names = ("technical_report_institution", "technical_report_number", "doi", "language", "abstract_html_url")
    assert [head.all(f"citation_{name}") for name in names] == [
        ["S. Rajaratnam School of International Studies"],
        ["CO25059"],
        ["10.5555/rsis.1"],
        ["en"],
        [HOST + PAGE],
    ]


def test_gsc_6_a_journal_article_names_journal_issn_volume_issue_and_pages(client: Client) -> None:
    journal = SeriesFactory.create(shape=Series.Shape.JOURNAL, name="Trends", issn="2382-6444")
    issue = PublicationFactory.create(published=True, series=journal, volume="17", issue="2")
    article = PublicationFactory.create(
        published=True, series=journal, part_of=issue, pages="12–29", authors=[PersonFactory.create()]
    )
    head = head_of(client, article.get_absolute_url())
    names = ("journal_title", "issn", "volume", "issue", "firstpage", "lastpage", "technical_report_institution")
    assert [head.all(f"citation_{name}") for name in names] == [
        ["Trends"],
        ["2382-6444"],
        ["17"],
        ["2"],
        ["12"],
        ["29"],
        [],
    ]


def test_gsc_7_an_older_version_of_the_file_points_to_the_page(client: Client, commentary: Publication) -> None:
    DocumentVersionFactory.create(document=commentary.document)
    commentary.document.versions.filter(number=1).update(is_public=True)
    for version in ("", "?version=1"):
        response = client.get(commentary.get_file_url() + version)
        assert (response.status_code, response["Link"]) == (200, f'<{HOST}{PAGE}>; rel="canonical"')
        b"".join(response)


def test_gsc_7_a_preview_carries_nothing_for_machines(client: Client, commentary: Publication) -> None:
    draft = PublicationFactory.create(title="Still Secret", authors=[PersonFactory.create()])
    response = client.get(preview.link_url(preview.make_link(draft, UserFactory.create())))
    page = response.content.decode()
    assert "Still Secret" in page
    assert [word for word in ("citation_", "og:title", "ld+json", "cite.bib") if word in page] == []
    assert "Link" not in response


def test_gsc_7_the_preview_of_the_desk_carries_nothing_for_machines(
    client: Client, commentary: Publication, rf: RequestFactory
) -> None:
    page = preview.page_of(rf.get("/"), commentary)
    assert "Quiet Rules" in page.content.decode()
    assert [word for word in ("citation_", "og:title", "ld+json", "cite.bib") if word in page.content.decode()] == []
    assert "Link" not in page


def test_gsc_10_commentaries_papers_and_articles_have_tags_and_books_and_recordings_none(client: Client) -> None:
    tagged = []
    for shape in Series.Shape.values:
        family = {"recording": "media", "speech": "media", "news": "media", "external": "external"}.get(
            shape, "inhouse"
        )
        series = SeriesFactory.create(shape=shape, family=family)
        piece = PublicationFactory.create(
            published=True, series=series, authors=[PersonFactory.create()], publisher="A House"
        )
        if head_of(client, piece.get_absolute_url()).all("citation_title"):
            tagged.append(shape)
    assert tagged == ["commentary", "paper", "journal", "newsletter", "external"]


def test_gsc_11_the_text_stands_once(client: Client) -> None:
    piece = PublicationFactory.create(published=True, body="<p>A sentence of the text.</p>", synopsis="Another.")
    assert client.get(piece.get_absolute_url()).content.decode().count("A sentence of the text.") == 1


def test_zotero_is_not_told_of_two_authors_where_both_parts_of_a_name_have_blanks(client: Client) -> None:
    person = PersonFactory.create(name="Nur Siti al Amin", family_name="al Amin", given_names="Nur Siti")
    piece = PublicationFactory.create(published=True, authors=[person])
    assert head_of(client, piece.get_absolute_url()).all("citation_author") == ["Nur Siti al Amin"]


# schema.org


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", "<!--<script>", "a\u2028b", '"\\', "]]>", "&lt;/script&gt;"]
)
def test_sch_1_no_title_ends_the_block(client: Client, title: str) -> None:
    piece = PublicationFactory.create(published=True, title=title, slug="hostile", synopsis=title)
    head = head_of(client, piece.get_absolute_url())
    assert len(head.blocks) == 1
    assert not set("<>&\u2028") & set(head.blocks[0])
    assert head.graph[0]["name"] == " ".join(title.split())
    assert head.all("og:title") == [" ".join(title.split())]


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_sch_1_the_block_is_json_and_never_mark_up(text: str) -> None:
    written = Metadata(HOST, [{"@type": "Thing", "name": text or "x"}]).json_ld
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written)["@graph"][0]["name"] == (text or "x")


def test_sch_2_a_commentary_says_what_the_page_says(client: Client, commentary: Publication) -> None:
    node = head_of(client, PAGE).graph[0]
    assert (node["@type"], node["headline"], node["url"], node["inLanguage"]) == (
        "OpinionNewsArticle",
        "Quiet Rules",
        HOST + PAGE,
        "en",
    )
    assert [(author["@type"], author["name"], author["url"]) for author in node["author"]] == [
        ("Person", "Aisyah binte Rahmat", f"{HOST}/people/aisyah/"),
        ("Person", "Goh Kah Leong", f"{HOST}/people/goh/"),
    ]
    assert node["author"][1]["sameAs"] == "https://orcid.org/0000-0002-1825-0097"
    assert node["datePublished"] == node["dateModified"] == "2025-03-20T06:00:00+08:00"
    assert node["publisher"]["name"] == "S. Rajaratnam School of International Studies"
    assert [whole["name"] for whole in node["isPartOf"]] == ["RSIS Commentary Series"]
    assert [one["name"] for one in node["about"]] == ["Maritime Security", "Asia"]
    assert (node["license"], node["keywords"]) == ("https://licence.example/by/", ["straits"])
    assert node["encoding"]["contentUrl"] == f"{HOST}{PAGE}CO25059.pdf"
    assert node["image"].startswith(HOST)


@pytest.mark.parametrize(
    ("shape", "fields", "kind", "extra"),
    [
        ("paper", {"number": "IP25003"}, "Report", {"reportNumber": "IP25003"}),
        ("paper", {}, "ScholarlyArticle", {}),
        ("journal", {"pages": "12–29"}, "ScholarlyArticle", {"pageStart": "12", "pageEnd": "29"}),
        ("book", {"isbn": "9789819041701", "pages": "352"}, "Book", {"isbn": "9789819041701", "numberOfPages": 352}),
        ("news", {}, "NewsArticle", {}),
        ("speech", {}, "Article", {}),
        ("recording", {"duration": timedelta(minutes=3)}, "AudioObject", {"duration": "PT3M"}),
        ("recording", {"media_url": "https://youtu.be/x"}, "VideoObject", {"uploadDate": "2025-03-20T00:00:00+08:00"}),
        ("external", {"host_publication": "The Harbour Times"}, "OpinionNewsArticle", {}),
        ("external", {"host_publication": "A Book", "publisher": "A House"}, "Chapter", {}),
    ],
)
def test_sch_2_every_kind_of_piece_has_its_type(
    client: Client, shape: str, fields: dict[str, Any], kind: str, extra: dict[str, Any]
) -> None:
    series = SeriesFactory.create(shape=shape, family="external" if shape == "external" else "inhouse")
    piece = PublicationFactory.create(published=True, series=series, issued_on=date(2025, 3, 20), **fields)
    node = head_of(client, piece.get_absolute_url()).graph[0]
    assert node["@type"] == kind
    assert {name: node[name] for name in extra} == extra


def test_sch_2_what_a_newspaper_printed_is_published_by_it(client: Client) -> None:
    series = SeriesFactory.create(external=True)
    piece = PublicationFactory.create(published=True, series=series, host_publication="The Harbour Times")
    node = head_of(client, piece.get_absolute_url()).graph[0]
    assert node["publisher"] == {"@type": "Organization", "name": "The Harbour Times"}
    assert [whole["name"] for whole in node["isPartOf"]] == [series.name, "The Harbour Times"]


def test_sch_2_a_long_title_is_cut_for_the_headline_only(client: Client) -> None:
    piece = PublicationFactory.create(published=True, title="Long words " * 20)
    node = head_of(client, piece.get_absolute_url()).graph[0]
    assert len(node["headline"]) == 110
    assert node["name"] == ("Long words " * 20).strip()


def test_sch_3_the_time_of_change_moves_with_the_content_and_with_nothing_else(
    client: Client, commentary: Publication
) -> None:
    def modified() -> str:
        return str(head_of(client, PAGE).graph[0]["dateModified"])

    def save_at(hour: int, **changes: Any) -> None:
        with time_machine.travel(datetime(2025, 4, 1, hour, tzinfo=UTC), tick=False):
            commentary.refresh_from_db()
            for name, value in changes.items():
                setattr(commentary, name, value)
            commentary.save()
            saving.record(commentary, None, "Saved")

    save_at(1, synopsis="The first revision is the piece as it came.")
    assert modified() == "2025-03-20T06:00:00+08:00"
    save_at(2)
    save_at(3, allow_responses=False)
    assert modified() == "2025-03-20T06:00:00+08:00"
    save_at(4, title="Quieter Rules")
    assert modified() == "2025-04-01T12:00:00+08:00"
    save_at(5)
    assert modified() == "2025-04-01T12:00:00+08:00"


def test_sch_4_a_notice_stands_as_a_correction_and_moves_the_time_of_change(
    client: Client, commentary: Publication
) -> None:
    NoticeFactory.create(publication=commentary, text="The year was wrong.", on=date(2025, 5, 2))
    node = head_of(client, PAGE).graph[0]
    assert node["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": "The year was wrong.",
            "datePublished": "2025-05-02T00:00:00+08:00",
        }
    ]
    assert node["dateModified"] == "2025-05-02T00:00:00+08:00"


def test_sch_5_a_person_has_a_profile_page_without_an_address_to_write_to(
    client: Client, commentary: Publication
) -> None:
    goh = commentary.authorships.get(position=1).person
    StaffProfileFactory.create(person=goh, published=True, public_email="goh@rsis.example")
    centre = CentreFactory.create(name="Institute of Straits", slug="straits")
    AppointmentFactory.create(person=goh, title="Senior Fellow", centre=centre)
    AppointmentFactory.create(person=goh, title="Analyst", ended_on=date(2001, 1, 1))
    head = head_of(client, "/people/goh/")
    who = head.node("ProfilePage")["mainEntity"]
    assert (who["@type"], who["name"], who["jobTitle"], who["sameAs"], who["worksFor"][0]["name"]) == (
        "Person",
        "Goh Kah Leong",
        ["Senior Fellow"],
        "https://orcid.org/0000-0002-1825-0097",
        "Institute of Straits",
    )
    assert who["affiliation"]["name"] == "S. Rajaratnam School of International Studies"
    assert "@rsis.example" not in head.blocks[0]


def test_a_centre_and_the_home_page_say_what_they_are(client: Client) -> None:
    CentreFactory.create(name="Institute of Straits", slug="straits", parent=CentreFactory.create(name="The Whole"))
    unit = head_of(client, "/research/straits/").node("ResearchOrganization")
    assert (unit["name"], unit["parentOrganization"]["name"]) == ("Institute of Straits", "The Whole")
    home = head_of(client, "/")
    target = home.node("WebSite")["potentialAction"]["target"]["urlTemplate"]
    assert target == f"{HOST}/search/?q={{search_term_string}}"
    assert home.node("CollegeOrUniversity")["address"]["postalCode"] == "639798"


@pytest.mark.parametrize(
    "address",
    [PAGE, "/publications/", "/publications/rsis-commentary-series/", "/topics/", "/topics/sea/", "/regions/asia/",
     "/tags/straits/", "/people/", "/people/goh/", "/research/", "/research/straits/"],
)  # fmt: skip
def test_sch_7_the_trail_of_machines_is_the_one_readers_see(
    client: Client, commentary: Publication, address: str
) -> None:
    CentreFactory.create(name="Institute of Straits", slug="straits", parent=CentreFactory.create(name="The Whole"))
    head = head_of(client, address)
    steps = head.node("BreadcrumbList")["itemListElement"]
    assert [step["name"] for step in steps] == head.crumbs
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    assert [step for step in steps[:-1] if not step["item"].startswith(HOST)] == []


# Open Graph and links


def test_a_shared_link_shows_title_text_picture_and_who_wrote_it(client: Client, commentary: Publication) -> None:
    head = head_of(client, PAGE)
    names = ("og:site_name", "og:type", "og:title", "og:url", "og:description", "og:locale", "twitter:card")
    assert [head.all(name) for name in names] == [
        ["RSIS"],
        ["article"],
        ["Quiet Rules"],
        [HOST + PAGE],
        ["Small agreements keep ships apart."],
        ["en_GB"],
        ["summary_large_image"],
    ]
    assert head.all("article:author") == [f"{HOST}/people/aisyah/", f"{HOST}/people/goh/"]
    assert head.all("article:tag") == ["Maritime Security", "Asia", "straits"]
    assert head.all("article:published_time") == ["2025-03-20T06:00:00+08:00"]
    (picture,) = head.all("og:image")
    response = client.get(picture.removeprefix(HOST))
    assert (response.status_code, response.getvalue()[:8]) == (200, b"\x89PNG\r\n\x1a\n")


def test_a_book_is_shared_as_a_book(client: Client) -> None:
    series = SeriesFactory.create(shape=Series.Shape.BOOK)
    person = PersonFactory.create(name="Goh Kah Leong")
    piece = PublicationFactory.create(published=True, series=series, isbn="9789819041701", authors=[person])
    head = head_of(client, piece.get_absolute_url())
    assert [head.all(name) for name in ("og:type", "book:isbn", "book:author")] == [
        ["book"],
        ["9789819041701"],
        ["Goh Kah Leong"],
    ]


def test_sig_1_the_page_says_in_its_headers_how_to_cite_it_who_wrote_it_and_where_the_file_is(
    client: Client, commentary: Publication
) -> None:
    links = client.get(PAGE)["Link"].split(", ")
    assert links == [
        '<https://doi.org/10.5555/rsis.1>; rel="cite-as"',
        f'<{HOST}{PAGE}cite.bib>; rel="describedby"; type="application/x-bibtex"',
        f'<{HOST}{PAGE}cite.ris>; rel="describedby"; type="application/x-research-info-systems"',
        f'<{HOST}{PAGE}cite.json>; rel="describedby"; type="application/vnd.citationstyles.csl+json"',
        f'<{HOST}{PAGE}CO25059.pdf>; rel="item"; type="application/pdf"',
        f'<{HOST}/people/aisyah/>; rel="author"',
        f'<{HOST}/people/goh/>; rel="author"',
        '<https://licence.example/by/>; rel="license"',
        f'<{HOST}/CO25059>; rel="shortlink"',
    ]


def test_sig_1_no_address_can_break_the_header(client: Client, commentary: Publication) -> None:
    Publication.objects.filter(pk=commentary.pk).update(doi='10.5555/<a>;"é')
    assert client.get(PAGE)["Link"].startswith("<https://doi.org/10.5555/%3Ca%3E;%22%C3%A9>; rel=")


def test_the_short_address_leads_to_the_page_in_any_case_and_stands_in_its_head(
    client: Client, commentary: Publication
) -> None:
    links = {str(link["rel"]): link["href"] for link in head_of(client, PAGE).links}
    assert (links["shortlink"], links["canonical"]) == (f"{HOST}/CO25059", HOST + PAGE)
    for address in ("/CO25059", "/co25059", "/Co25059/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (301, PAGE)


def test_a_piece_can_be_cited_from_its_page_without_scripts(client: Client, commentary: Publication) -> None:
    page = client.get(PAGE).content.decode()
    box = page.partition('aria-labelledby="cite"')[2].partition("</section>")[0]
    assert re.findall(r"<dt>(\w+)</dt>", box) == ["APA", "Chicago", "MLA", "Harvard"]
    assert re.findall(r'href="([^"]+)"', box) == [f"{PAGE}cite.{name}" for name in ("bib", "ris", "json")]
    assert "Aisyah binte Rahmat, &amp; Goh, K. L. (2025, March 20). <cite>Quiet Rules</cite>" in box


def test_a_page_weighs_less_than_sixty_kilobytes_with_all_that(client: Client, commentary: Publication) -> None:
    page = client.get(PAGE, headers={"accept-encoding": "gzip"})
    assert len(page.content) < 12_000
