"""What readers get of a page, by its kind."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from editorial.models import State
from institution import seed
from institution.models import CalendarDate, Location, Page, Route
from tests.factories import (
    AttachmentFactory,
    CentreFactory,
    DegreeFactory,
    EditionFactory,
    HolderFactory,
    HonourFactory,
    ImageFactory,
    IntakeFactory,
    PageFactory,
    ProfessorshipFactory,
    PublicationFactory,
    QuestionFactory,
    RecipientFactory,
    StaffProfileFactory,
    VacancyFactory,
)

pytestmark = pytest.mark.django_db
FIVE = datetime(2025, 3, 20, 9, 0, tzinfo=UTC)  # 17:00 in Singapore


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(html.fromstring(response.content.decode()).find(".//main").text_content().split())


def node(client: Client, address: str, kind: str) -> Any:
    tree = html.fromstring(client.get(address).content.decode())
    (script,) = tree.findall(".//script[@type='application/ld+json']")
    (found,) = [one for one in json.loads(script.text)["@graph"] if one["@type"] == kind]
    return found


def of_kind(kind: str, **fields: Any) -> Page:
    page: Page = PageFactory.create(slug="page", kind=kind, published=True, **fields)
    return page


def test_a_landing_page_shows_its_children_with_their_summaries(client: Client) -> None:
    page = of_kind("landing")
    child = PageFactory.create(parent=page, title="Child", summary="Of the child.", published=True)
    PageFactory.create(parent=child, title="Grandchild", published=True)
    PageFactory.create(parent=page, title="Hidden Draft")
    PageFactory.create(parent=page, title="Hidden Entry", in_menu=False, published=True)
    shown = text_of(client, "/page/")
    assert [words in shown for words in ("Child Of the child. Grandchild", "Hidden")] == [True, False]


def test_the_short_menu_holds_the_section_and_marks_this_page(client: Client) -> None:
    section = PageFactory.create(title="Section", slug="section", published=True)
    here = PageFactory.create(
        parent=section, title="Long Title of Here", short_title="Here", slug="here", published=True
    )
    PageFactory.create(parent=section, title="There", slug="there", published=True)
    PageFactory.create(parent=section, title="Secret", slug="secret")
    menu = html.fromstring(client.get(here.get_absolute_url()).content.decode()).find_class("section-menu")[0]
    found = [(link.text_content(), link.get("href"), link.get("aria-current")) for link in menu.iter("a")]
    assert found == [
        ("Section", "/section/", None), ("Here", "/section/here/", "page"), ("There", "/section/there/", None),
    ]  # fmt: skip


def test_the_breadcrumb_leaves_out_a_page_that_is_not_public(client: Client) -> None:
    draft = PageFactory.create(title="Secret Title", slug="a")
    PageFactory.create(parent=draft, slug="b", published=True)
    assert "Secret Title" not in client.get("/a/b/").content.decode()


def test_a_message_is_signed_with_the_post_as_printed(client: Client) -> None:
    profile = StaffProfileFactory.create(published=True, person__name="Mei Tan", person__slug="mei")
    of_kind("message", signed_by=profile.person, signed_post="Dean")
    assert text_of(client, "/page/").endswith("Mei Tan Dean")
    assert 'href="/people/mei/"' in client.get("/page/").content.decode()
    assert node(client, "/page/", "WebPage")["author"] == {"@type": "Person", "name": "Mei Tan", "jobTitle": "Dean"}


def test_a_signature_without_a_public_page_is_no_link(client: Client) -> None:
    profile = StaffProfileFactory.create(person__slug="mei")
    of_kind("message", signed_by=profile.person, signed_name="As Printed")
    page = client.get("/page/").content.decode()
    assert ("As Printed" in page, "/people/mei/" in page) == (True, False)


def test_one_text_at_two_places_is_known_by_the_first(client: Client) -> None:
    first = PageFactory.create(slug="first", body="<p>Shared words.</p>", published=True)
    PageFactory.create(slug="second", shows=first, body="", summary="", published=True)
    page = client.get("/second/").content.decode()
    assert ("Shared words." in page, '<link rel="canonical" href="http://localhost:8000/first/">' in page) == (
        True,
        True,
    )
    assert "/second/" not in client.get("/sitemap-institution-1.xml").content.decode()
    Page.objects.filter(pk=first.pk).update(state=State.DRAFT)
    assert "Shared words." not in client.get("/second/").content.decode()


def test_documents_have_addresses_that_stay(client: Client) -> None:
    attachment = AttachmentFactory.create(page=of_kind("text"))
    assert 'href="/page/accounts.pdf"' in client.get("/page/").content.decode()
    response = client.get("/page/accounts.pdf")
    assert (response.status_code, b"".join(response)[:4]) == (200, b"%PDF")
    Page.objects.filter(pk=attachment.page_id).update(state=State.DRAFT)
    assert client.get("/page/accounts.pdf").status_code == 404


def test_a_withdrawn_page_leaves_its_reason(client: Client) -> None:
    PageFactory.create(slug="gone", withdrawn=True)
    page = client.get("/gone/").content.decode()
    assert ("at the request of the authors" in page, "at length" in page, "noindex" in page) == (True, False, True)


# --- Vacancies ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("hour", "closing"), [(True, FIVE), (False, datetime(2025, 3, 20, 16, 0, tzinfo=UTC))])
def test_a_post_closes_everywhere_at_its_second(client: Client, hour: bool, closing: datetime) -> None:
    with time_machine.travel(closing - timedelta(days=5), tick=False):
        post = VacancyFactory.create(title="Cartographer", published=True, page__slug="jobs")
        post.closes_on, post.closes_time = date(2025, 3, 20), time(17) if hour else None
        post.save()
    lists = ("/jobs/", "/search/?q=cartographer", "/sitemap-vacancies-1.xml")
    answers = []
    for moment in (closing - timedelta(seconds=1), closing):
        with time_machine.travel(moment, tick=False):
            held = [post.slug in client.get(address).content.decode() for address in lists]
            answers.append((client.get(post.get_absolute_url()).status_code, held))
    assert answers == [(200, [True] * 3), (410, [False] * 3)]


def test_a_closed_post_says_so_and_shows_what_is_open(client: Client) -> None:
    closed = VacancyFactory.create(published=True, body="<p>Old duties.</p>", closes_on=date(2020, 1, 1))
    VacancyFactory.create(page=closed.page, title="Still Open", published=True)
    page = client.get(closed.get_absolute_url()).content.decode()
    assert [words in page for words in ("This post is closed", "Still Open", "Old duties", "JobPosting")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_search_engines_are_told_of_an_open_post(client: Client) -> None:
    centre = CentreFactory.create(name="Institute")
    day = timezone.localdate() + timedelta(days=9)
    post = VacancyFactory.create(published=True, reference="R-9", centre=centre, closes_on=day)
    posting = node(client, post.get_absolute_url(), "JobPosting")
    found = (posting["identifier"]["value"], posting["employmentUnit"]["name"], posting["validThrough"][:10])
    assert found == ("R-9", "Institute", str(day + timedelta(days=1)))


def test_the_end_of_the_day_is_stated(client: Client) -> None:
    day = timezone.localdate() + timedelta(days=9)
    post = VacancyFactory.create(published=True, closes_on=day)
    assert "(24:00 SGT)" in text_of(client, post.get_absolute_url())


@pytest.mark.parametrize("state", ["in_review", "scheduled", "trashed"])
def test_a_post_that_is_not_public_has_no_address(client: Client, state: str) -> None:
    post = VacancyFactory.create(**{state: True})
    assert client.get(post.get_absolute_url()).status_code == 404
    assert post.title not in client.get(post.page.get_absolute_url()).content.decode()


def test_posts_of_a_page_that_is_not_public_are_nowhere(client: Client) -> None:
    post = VacancyFactory.create(published=True, title="Cartographer")
    Page.objects.filter(pk=post.page_id).update(state=State.DRAFT)
    assert client.get(post.get_absolute_url()).status_code == 404
    for address in ("/search/?q=cartographer", "/sitemap-vacancies-1.xml"):
        assert post.slug not in client.get(address).content.decode()


# --- Honours and chairs -------------------------------------------------------------------------------------------------
def test_honours_stand_by_year_and_are_narrowed(client: Client) -> None:
    of_kind("honours")
    for year, group in ((2025, "staff"), (2024, "students"), (2023, "staff"), (2022, "staff")):
        RecipientFactory.create(honour=HonourFactory.create(year=year, award=f"Of {year}", group=group))
    HonourFactory.create(year=2025, award="Embargoed", announced_on=timezone.localdate() + timedelta(days=1))

    def shown(query: str) -> list[str]:
        page = client.get(f"/page/{query}").content.decode()
        assert "Embargoed" not in page
        return [year for year in ("2025", "2024", "2023", "2022") if f"Of {year}" in page]

    assert [shown(query) for query in ("", "?year=2022", "?to=students", "?to=staff&year=2024", "?year=x&to=nobody")] == [
        ["2025", "2024", "2023"], ["2022"], ["2024"], ["2025", "2023", "2022"], ["2025", "2024", "2023"],
    ]  # fmt: skip


def test_a_recipient_is_linked_only_to_a_public_page(client: Client) -> None:
    of_kind("honours")
    public = StaffProfileFactory.create(published=True, person__slug="seen")
    draft = StaffProfileFactory.create(person__slug="unseen")
    for profile in (public, draft):
        RecipientFactory.create(person=profile.person, name="")
    page = client.get("/page/").content.decode()
    assert [f"/people/{slug}/" in page for slug in ("seen", "unseen")] == [True, False]


@time_machine.travel("2025-03-20T04:00Z", tick=False)
def test_chairs_show_who_holds_them_and_who_did(client: Client) -> None:
    of_kind("chairs")
    chair = ProfessorshipFactory.create(name="The Chair", endowed_by="a donor", established_on="1999-10-01")
    HolderFactory.create(professorship=chair, name="Earlier", started_on="2001-01-01", ended_on="2025-03-19")
    HolderFactory.create(professorship=chair, name="Present", started_on="2025-03-20")
    HolderFactory.create(professorship=chair, name="To Come", started_on="2025-03-21")
    shown = text_of(client, "/page/")
    assert "Endowed by a donor Established 1999 Holder Present since March 2025 Earlier Earlier 2001–2025" in shown
    assert "To Come" not in shown


# --- Programmes, courses, degrees ---------------------------------------------------------------------------------------
def test_editions_are_newest_first_and_link_a_report_once_it_is_public(client: Client) -> None:
    page = of_kind("programme")
    reports = [
        PublicationFactory.create(title="Report Out", published=True),
        PublicationFactory.create(title="Report Kept"),
    ]
    EditionFactory.create(page=page, year=2023, theme="Old Theme", participants=58, report=reports[0])
    EditionFactory.create(
        page=page,
        year=2024,
        theme="New Theme",
        report=reports[1],
        starts_on="2024-08-05",
        ends_on="2024-08-10",
        venue="Singapore",
    )
    shown = text_of(client, "/page/")
    assert shown.index("2024: New Theme 5 August 2024 – 10 August 2024 Singapore") < shown.index(
        "2023: Old Theme 58 participants Report: Report Out"
    )
    assert "Report Kept" not in shown
    assert [event["name"][-4:] for event in node(client, "/page/", "EventSeries")["subEvent"]] == ["2024"]


@time_machine.travel("2025-03-20T04:00Z", tick=False)
def test_intakes_say_whether_one_can_apply_today(client: Client) -> None:
    page = of_kind("course")
    IntakeFactory.create(page=page, name="Past", starts_on="2025-01-01", ends_on="2025-01-05")
    IntakeFactory.create(page=page, name="Near", starts_on="2025-04-01", apply_by="2025-03-19")
    IntakeFactory.create(page=page, name="Far", starts_on="2025-09-01", apply_by="2025-03-20")
    shown = text_of(client, "/page/")
    assert (
        "Near Dates 1 April 2025 Applications Closed Far Dates 1 September 2025 Applications Open until the end of 20 March 2025"
        in shown
    )
    assert shown.index("Far") < shown.index("Earlier intakes Past: 1 January 2025 – 5 January 2025")
    assert [run["name"] for run in node(client, "/page/", "Course")["hasCourseInstance"]] == ["Near", "Far"]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2025-10-31", "Open on 1 November 2025, until the end of 15 March 2026"),
        ("2025-11-01", "Open now, until the end of 15 March 2026"),
        ("2026-03-15", "Open now, until the end of 15 March 2026"),
        ("2026-03-16", "Closed since 15 March 2026"),
    ],
)
def test_a_degree_says_where_today_stands_to_its_applications(client: Client, day: str, words: str) -> None:
    with time_machine.travel(f"{day}T04:00Z", tick=False):
        DegreeFactory.create(page=of_kind("degree"), opens_on="2025-11-01", closes_on="2026-03-15")
        assert f"Applications {words}" in text_of(client, "/page/")
        assert node(client, "/page/", "EducationalOccupationalProgram")["applicationDeadline"] == "2026-03-15"


def test_the_calendar_keeps_terms_together(client: Client) -> None:
    page = of_kind("calendar")
    for term, label, start, end in (
        ("One", "Teaching", "2025-08-11", "2025-10-30"),
        ("Two", "Teaching", "2026-01-12", None),
    ):
        CalendarDate.objects.create(page=page, term=term, label=label, starts_on=start, ends_on=end)
    assert "One 11 August 2025 – 30 October 2025 Teaching Two 12 January 2026 Teaching" in text_of(client, "/page/")


def test_questions_open_without_scripts_and_are_told_to_machines(client: Client) -> None:
    page = of_kind("faq")
    QuestionFactory.create(page=page, question="Why?", answer="<p>Because of <em>it</em>.</p>", heading="Asking")
    tree = html.fromstring(client.get("/page/").content.decode())
    (question,) = tree.xpath("//section[@class='questions']/details")
    assert question.find("summary").text == "Why?"
    (asked,) = node(client, "/page/", "FAQPage")["mainEntity"]
    assert (asked["name"], asked["acceptedAnswer"]["text"].strip()) == ("Why?", "Because of it.")


def test_directions_are_an_address_a_drawing_and_steps(client: Client) -> None:
    page = of_kind("directions")
    Location.objects.create(
        page=page, name="The Door", latitude="1.34260", longitude="103.68060", map_url="https://map.example/"
    )
    Route.objects.create(page=page, means="mrt", title="To Pioneer", steps="Get off.\n\nWalk up.")
    tree = html.fromstring(client.get("/page/").content.decode())
    assert [step.text for step in tree.xpath("//main//ol/li") if not len(step)] == ["Get off.", "Walk up."]
    (drawing,) = tree.xpath("//main//svg[@role='img']")
    assert len(drawing.get("aria-labelledby").split()) == 2
    place = node(client, "/page/", "Place")
    assert (place["geo"]["latitude"], place["address"]["postalCode"], place["hasMap"]) == (
        "1.34260",
        "639798",
        "https://map.example/",
    )


# --- Legal pages --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", seed.LEGAL)
def test_legal_pages_answer_on_an_empty_site_and_belong_to_editors_once_seeded(client: Client, path: str) -> None:
    delivered = client.get(f"/{path}/").content.decode()
    assert (
        seed.LEGAL[path].title in delivered,
        f"/{path}/</loc>" in client.get("/sitemap-pages-1.xml").content.decode(),
    ) == (True, True)
    assert (seed.load(), seed.load()) == (3, 0)
    Page.objects.filter(path=path).update(body="<p>Our lawyers’ words.</p>")
    assert "Our lawyers’ words." in client.get(f"/{path}/").content.decode()
    maps = [client.get(f"/sitemap-{name}-1.xml").content.decode() for name in ("pages", "institution")]
    assert [f"/{path}/</loc>" in one for one in maps] == [False, True]


def test_who_complains_of_accessibility_has_an_answer_in_five_days(client: Client) -> None:
    assert "within five working days" in client.get("/accessibility/").content.decode()


# --- Cost ---------------------------------------------------------------------------------------------------------------
def _rows(kind: str, page: Page, numbers: range) -> None:
    for number in numbers:
        profile = StaffProfileFactory.create(published=True)
        match kind:
            case "landing" | "text":
                child = PageFactory.create(parent=page, published=True)
                PageFactory.create(parent=child, published=True)
                AttachmentFactory.create(page=page, slug=f"f-{number}")
            case "vacancies":
                VacancyFactory.create(page=page, published=True, centre=CentreFactory.create())
            case "honours":
                RecipientFactory.create(person=profile.person, honour=HonourFactory.create(year=2025 - number))
            case "chairs":
                HolderFactory.create(person=profile.person)
            case "programme":
                EditionFactory.create(page=page, year=2000 + number, report=PublicationFactory.create(published=True))
            case "course":
                IntakeFactory.create(page=page)
            case "faq":
                QuestionFactory.create(page=page)


@pytest.mark.parametrize(
    ("kind", "statements"),
    [
        ("text", 5), ("landing", 5), ("vacancies", 6), ("honours", 8), ("chairs", 7), ("programme", 7), ("course", 6),
        ("faq", 6),
    ],
)  # fmt: skip
def test_a_page_costs_the_same_whatever_is_on_it(client: Client, kind: str, statements: int) -> None:
    page = of_kind(kind, parent=PageFactory.create(slug="above", published=True), image=ImageFactory.create())
    counts = []
    for more in (range(1), range(1, 3)):
        _rows(kind, page, more)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/above/page/").status_code == 200
        counts.append(len(asked))
    assert counts == [statements] * 2


def test_texts_of_one_page_share_no_id(client: Client) -> None:
    page = of_kind("faq", body="<p>Before.</p>")
    for _each in range(2):
        QuestionFactory.create(page=page, answer='<p>So.<sup class="fn" data-note="Seen."></sup></p>')
    ids = html.fromstring(client.get("/page/").content.decode()).xpath("//@id")
    assert len(ids) == len(set(ids))
