"""Research projects: their catalogue, their page, and the desk's form."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editorial import history, preview, saving
from publications.models import Investigator, Project
from publications.project_listing import ProjectList
from tests.desk_form import error_summary, form_data
from tests.factories import (
    CentreFactory,
    PersonFactory,
    ProjectFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ADD = "/admin/publications/project/add/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize(
    ("started", "ended", "status"),
    [
        (None, None, "ongoing"),
        (date(2026, 3, 20), None, "ongoing"),
        (date(2026, 3, 21), None, "planned"),
        (date(2025, 1, 1), date(2026, 3, 20), "ongoing"),
        (date(2025, 1, 1), date(2026, 3, 19), "completed"),
        (None, date(2026, 3, 19), "completed"),
    ],
)
def test_the_status_follows_from_the_dates_as_singapore_counts_days(
    started: date | None, ended: date | None, status: str
) -> None:
    project = ProjectFactory.build(started_on=started, ended_on=ended)
    with time_machine.travel("2026-03-19T16:00:00+00:00", tick=False):  # midnight of the 20th in Singapore
        assert project.standing == status


def catalogue(query: str) -> ProjectList:
    return ProjectList(QueryDict(query), "/research/projects/")


def test_filters_narrow_together_and_each_figure_is_the_length_of_the_list_behind_it() -> None:
    sea = TopicFactory.create(slug="sea")
    straits = TopicFactory.create(slug="straits", parent=sea)
    asia, centre = RegionFactory.create(slug="asia"), CentreFactory.create(slug="centre")
    part = CentreFactory.create(slug="part", parent=centre)
    today = timezone.localdate()
    ProjectFactory.create(published=True, title="A", topics=[straits], regions=[asia], centres=[part])
    ProjectFactory.create(published=True, title="B", topics=[sea, straits], centres=[centre, part])
    ProjectFactory.create(published=True, title="C", regions=[asia], ended_on=today - timedelta(days=1))
    ProjectFactory.create(title="Draft", topics=[straits], regions=[asia], centres=[part])
    found = {
        query: [project.title for project in catalogue(query).page]
        for query in ("", "theme=sea", "region=asia", "entity=centre", "theme=sea&region=asia", "status=completed")
    }
    assert list(found.values()) == [["A", "B", "C"], ["A", "B"], ["A", "C"], ["A", "B"], ["A"], ["C"]]
    for query in ("", "theme=sea", "region=asia&entity=part"):
        for facet in catalogue(query).facets:
            for value in facet.values:
                behind = catalogue(value.url.partition("?")[2]).count
                assert value.is_active or value.count == behind > 0


@pytest.mark.parametrize(
    "query", ["theme=x", "theme=sea&theme=sea", "status=", "page=0", "page=9", "page=x", "page=" + "9" * 50, "q=%00"]
)
def test_what_means_nothing_in_the_query_is_ignored(query: str) -> None:
    TopicFactory.create(slug="sea")
    ProjectFactory.create(published=True, title="A")
    assert [project.title for project in catalogue(query).page] == ["A"]


def test_long_catalogues_have_pages_that_hold_every_project_once(client: Client) -> None:
    for _number in range(45):
        ProjectFactory.create(published=True)
    seen = [
        project.pk
        for page in (1, 2, 3)
        for project in client.get(f"/research/projects/?page={page}").context["listing"].page
    ]
    assert (len(seen), len(set(seen))) == (45, 45)


def test_the_page_names_who_works_on_it_and_links_those_who_have_a_page(client: Client) -> None:
    project = ProjectFactory.create(published=True)
    known, unknown = PersonFactory.create(name="With a Page"), PersonFactory.create(name="Without a Page")
    PublicationFactory.create(published=True, authors=[known])
    PublicationFactory.create(authors=[unknown])
    Investigator.objects.create(project=project, person=known, position=2)
    Investigator.objects.create(project=project, person=unknown, position=1, role="co")
    outsider = {"name": "From Elsewhere", "affiliation": "a university abroad", "ended_on": date(2020, 6, 30)}
    Investigator.objects.create(project=project, position=3, role="collaborator", **outsider)
    response = client.get(project.get_absolute_url())
    page = " ".join(response.content.decode().split())
    assert [one.shown_name for one, _linked in response.context["investigators"]] == [
        "Without a Page",
        "With a Page",
        "From Elsewhere",
    ]
    assert f'<a href="{known.get_absolute_url()}">With a Page</a>' in page
    assert unknown.get_absolute_url() not in page
    assert "From Elsewhere, a university abroad" in page
    assert "Collaborator, until 2020" in page


def test_outputs_stand_in_their_order_and_their_pages_name_the_project(client: Client) -> None:
    series = SeriesFactory.create()
    first, second = (PublicationFactory.create(published=True, series=series, title=title) for title in ("One", "Two"))
    hidden = PublicationFactory.create(series=series, title="Not Yet Public")
    project = ProjectFactory.create(published=True, title="The Study", outputs=[second, hidden, first])
    draft = ProjectFactory.create(title="A Secret Study", outputs=[first])
    page = client.get(project.get_absolute_url())
    assert [piece.title for piece in page.context["outputs"]] == ["Two", "One"]
    assert "Not Yet Public" not in page.content.decode()
    words = " ".join(client.get(first.get_absolute_url()).content.decode().split())
    assert f'Part of the project</span> <a href="{project.get_absolute_url()}">The Study</a>' in words
    assert draft.title not in words


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("address", "statements"),
    [("/research/projects/", 13), ("/research/projects/study/", 9), ("/search/?q=study&kind=projects", 12)],
)
def test_pages_of_projects_cost_the_same_statements_for_one_and_for_three(
    client: Client, address: str, statements: int, number: int
) -> None:
    people = [PersonFactory.create() for _row in range(number)]
    letters = SeriesFactory.create(shape="newsletter")
    pieces = [PublicationFactory.create(published=True, authors=people, series=letters) for _row in range(number)]
    sets = {
        "topics": [TopicFactory.create() for _row in range(number)],
        "regions": [RegionFactory.create() for _row in range(number)],
        "centres": [CentreFactory.create() for _row in range(number)],
    }
    for row in range(number):
        slug = f"study-{row}" if row else "study"
        ProjectFactory.create(published=True, slug=slug, title="Study", outputs=pieces, people=people, **sets)
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    assert len(found) == statements


def test_search_finds_a_project_by_title_abstract_and_investigator(client: Client) -> None:
    project = ProjectFactory.create(
        published=True, title="Mending Cables", abstract="<p>Splicing takes four days.</p>", people=[PersonFactory.create(name="Mei Tan")]
    )  # fmt: skip
    Investigator.objects.create(project=project, name="Saskia Oudendijk")
    for words in ("mend cable", "splicing", "mei+tan", "oudendijk"):
        page = client.get(f"/search/?q={words}&kind=projects").content.decode()
        assert (words, project.get_absolute_url() in page) == (words, True)


def test_a_draft_is_shown_through_its_preview_link_alone(client: Client) -> None:
    project = ProjectFactory.create(title="Early Days")
    link = preview.link_url(preview.make_link(project, None))
    response = client.get(link)
    assert (response.status_code, "Early Days" in response.content.decode()) == (200, True)
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert client.get(project.get_absolute_url()).status_code == 404


def test_a_revision_holds_the_whole_project_and_brings_it_back() -> None:
    person, piece = PersonFactory.create(), PublicationFactory.create()
    project = ProjectFactory.create(
        title="As It Was", people=[person], outputs=[piece], centres=[CentreFactory.create()]
    )
    saving.record(project, None)
    before = history.snapshot(project)
    project.title = "Changed"
    project.save()
    project.investigators.all().delete()
    project.output_rows.all().delete()
    project.centres.clear()
    saving.record(project, None)
    first = history.revisions(project).order_by("number").first()
    assert first
    assert saving.restore(project, first, None) == []
    after = history.snapshot(Project.objects.get())
    assert {kind: after[kind] for kind in history.KINDS} == {kind: before[kind] for kind in history.KINDS}


@pytest.mark.parametrize("fields", [{}, {"person": True, "name": "Both"}])
def test_an_investigator_is_a_person_or_a_name(fields: dict[str, Any]) -> None:
    given = {**fields, "person": PersonFactory.create()} if "person" in fields else fields
    row = Investigator(project=ProjectFactory.create(), **given)
    with pytest.raises(ValidationError, match="one of the two"):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def form(desk: Client, **values: Any) -> dict[str, Any]:
    data = form_data(desk.get(ADD), "project_form")
    data |= {"title": "A  New\nStudy", "summary": "It asks.", "abstract": "<p>At length.</p>"}
    return data | values


def test_an_editor_makes_and_publishes_a_project_in_one_step(desk: Client) -> None:
    centre, person = CentreFactory.create(), PersonFactory.create(name="Mei Tan")
    piece = PublicationFactory.create(published=True, title="Its Result")
    rows = {
        "investigators-0-person_words": "Mei Tan",
        "investigators-0-position": "1",
        "output_rows-0-publication_words": "Its Result",
        "output_rows-0-position": "1",
    }
    response = desk.post(ADD, form(desk, centres=[centre.pk], _step="publish", **rows))
    assert error_summary(response) == ""
    project = Project.objects.get()
    assert (project.title, project.slug, project.is_public) == ("A New Study", "a-new-study", True)
    assert (project.investigators.get().person, project.outputs.get()) == (person, piece)
    assert Client().get("/research/projects/a-new-study/").status_code == 200


def test_a_project_without_what_readers_need_is_not_published_and_the_form_keeps_what_was_typed(desk: Client) -> None:
    response = desk.post(ADD, form(desk, abstract="", _step="publish"))
    words = error_summary(response)
    assert "an abstract, somebody who works on it, the centre or programme it belongs to" in words
    assert "It asks." in response.content.decode()
    assert Project.objects.count() == 0


def test_a_row_with_neither_person_nor_name_says_so(desk: Client) -> None:
    response = desk.post(ADD, form(desk, **{"investigators-0-affiliation": "somewhere"}))
    assert "Choose a person, or give a name below" in response.content.decode()
    assert Project.objects.count() == 0


def test_a_changed_address_leads_on(desk: Client) -> None:
    project = ProjectFactory.create(published=True, slug="old-name", title="The Study")
    address = f"/admin/publications/project/{project.pk}/change/"
    data = form_data(desk.get(address), "project_form") | {"slug": "new-name"}
    assert error_summary(desk.post(address, data)) == ""
    moved = Client().get("/research/projects/old-name/")
    assert (moved.status_code, moved["Location"]) == (301, "/research/projects/new-name/")


def test_two_projects_of_one_title_have_addresses_of_their_own(desk: Client) -> None:
    for _again in range(2):
        assert error_summary(desk.post(ADD, form(desk))) == ""
    assert sorted(Project.objects.values_list("slug", flat=True)) == ["a-new-study", "a-new-study-2"]


@pytest.mark.parametrize("title", ["李明華", "<script>alert(1)</script>", "x" * 300, "{{ 7|add:7 }}"])
def test_hostile_titles_are_kept_as_text(desk: Client, title: str) -> None:
    response = desk.post(ADD, form(desk, title=title))
    assert error_summary(response) == ""
    project = Project.objects.get()
    assert (project.title, bool(project.slug)) == (title, True)
    assert "<script>alert" not in desk.get("/admin/publications/project/").content.decode()


def test_the_desk_lists_projects_at_the_same_cost_for_one_and_for_three(desk: Client) -> None:
    costs = []
    for _row in range(3):
        ProjectFactory.create(centres=[CentreFactory.create()], people=[PersonFactory.create()])
        desk.get("/admin/publications/project/")
        with CaptureQueriesContext(connection) as found:
            assert desk.get("/admin/publications/project/").status_code == 200
        costs.append(len(found))
    assert costs[0] == costs[2]
    assert costs[0] < 15
