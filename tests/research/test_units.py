"""The pages of centres, programmes, clusters and offices, and the landing pages above them."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publications.models import Publication
from research import seed
from research.models import RESERVED, CentreLink, ResearchCentre
from tests.factories import (
    AppointmentFactory,
    CentreFactory,
    PersonFactory,
    ProjectFactory,
    PublicationFactory,
    SeriesFactory,
    StaffProfileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def staff(centre: ResearchCentre, name: str, **post: Any) -> Any:
    person = PersonFactory.create(name=name, sort_name=name)
    StaffProfileFactory.create(person=person, published=True)
    AppointmentFactory.create(person=person, centre=centre, **post)
    return person


def names(client: Client, address: str) -> list[list[str]]:
    return [[member.person.name for member in those] for _label, those in client.get(address).context["groups"]]


def test_landing_pages_group_units_under_the_schools_own_labels(client: Client) -> None:
    seed.load()
    page = client.get("/research/").content.decode()
    labels = ("Research Centres", "Research Programmes", "Other Research")
    assert [label in page for label in labels] == [True] * 3
    shown = {
        address: [one["unit"].full_name for group in client.get(address).context["groups"] for one in group["units"]]
        for address in ("/research/centres/", "/research/programmes/", "/research/other/")
    }
    assert list(shown.values()) == [
        [
            "Centre for Multilateralism Studies (CMS)",
            "Centre for Non-Traditional Security Studies (NTS Centre)",
            "Centre of Excellence for National Security",
            "Institute of Defence and Strategic Studies (IDSS)",
            "International Centre for Political Violence and Terrorism Research (ICPVTR)",
        ],
        [
            "National Security Studies Programme (NSSP)",
            "Social Cohesion Research Programme (SCRP)",
            "Studies in Inter-Religious Relations in Plural Societies (SRP) Programme",
        ],
        [
            "Future Issues and Technology Cluster",
            "Science and Technology Studies Programme (STSP) (2017-2020)",
        ],
    ]
    assert 'href="/research/projects/">Research@RSIS</a>' in client.get("/research/other/").content.decode()


def test_every_seeded_unit_has_a_home_and_a_menu_that_leads_somewhere(client: Client) -> None:
    seed.load()
    SeriesFactory.create(slug="idss-papers")
    for one in ResearchCentre.objects.all():
        page = client.get(one.get_absolute_url())
        assert page.status_code == 200
        links = [address for _label, address in page.context["unit"].links]
        below = [address for address in links if address.startswith("/research/")]
        assert [client.get(address).status_code for address in below] == [200] * len(below)
        assert len(below) >= 4


def test_a_closed_unit_says_so_with_its_years_and_stays_whole(client: Client) -> None:
    centre = CentreFactory.create(
        slug="closed", name="Old Programme", opened_on=date(2017, 1, 1), closed_on=date(2020, 12, 31)
    )
    head = staff(centre, "Former Head", is_head=True, ended_on=date(2020, 12, 31))
    PublicationFactory.create(published=True, centres=[centre], title="Still Here")
    page = client.get("/research/closed/").content.decode()
    assert "Old Programme (2017-2020)" in page
    assert "This unit is closed (2017–2020)" in page
    assert ("Formerly headed by" in page, head.name in page, "Still Here" in page) == (True, True, True)
    assert names(client, "/research/closed/people/") == [["Former Head"]]


@pytest.mark.parametrize(("day", "is_closed"), [("2020-12-30", False), ("2020-12-31", True)])
def test_a_unit_is_closed_from_its_day_on(day: str, is_closed: bool) -> None:
    centre = CentreFactory.create(opened_on=date(2017, 1, 1), closed_on=date(2020, 12, 31))
    with time_machine.travel(f"{day}T04:00:00+00:00", tick=False):
        assert centre.is_closed is is_closed


def test_units_that_share_an_acronym_name_each_other(client: Client) -> None:
    parent = CentreFactory.create(name="Centre of Excellence")
    one = CentreFactory.create(slug="one", name="Studies of Religion Programme", acronym="SRP")
    CentreFactory.create(slug="two", name="Social Resilience Programme", acronym="SRP", parent=parent)
    CentreFactory.create(slug="three", name="Without Any")
    pages = [" ".join(client.get(f"/research/{slug}/").content.decode().split()) for slug in ("one", "two", "three")]
    assert ["SRP also stands for the" in page for page in pages] == [True, True, False]
    assert "Social Resilience Programme</a> of the Centre of Excellence" in pages[0]
    assert f'<a href="{one.get_absolute_url()}">Studies of Religion Programme</a>' in pages[1]


def test_a_centre_shows_what_its_programmes_publish_and_a_programme_only_its_own(client: Client) -> None:
    centre = CentreFactory.create(slug="whole")
    part = CentreFactory.create(slug="part", parent=centre)
    PublicationFactory.create(published=True, centres=[part], title="Of the Part")
    PublicationFactory.create(published=True, centres=[centre], title="Of the Whole")
    PublicationFactory.create(published=True, centres=[CentreFactory.create()], title="Of Another")

    def listed(address: str) -> set[str]:
        return {piece.title for piece in client.get(address).context["listing"].page}

    assert listed("/research/whole/publications/") == {"Of the Part", "Of the Whole"}
    assert listed("/research/part/publications/") == {"Of the Part"}
    assert listed("/publications/?centre=whole") == {"Of the Part", "Of the Whole"}


def test_staff_publications_are_those_of_the_time_of_the_post(client: Client) -> None:
    centre = CentreFactory.create(slug="unit")
    part = CentreFactory.create(parent=centre)
    external, own = SeriesFactory.create(external=True), SeriesFactory.create()
    here = staff(centre, "Here", started_on=date(2020, 1, 1))
    gone = staff(part, "Gone", started_on=date(2015, 1, 1), ended_on=date(2019, 12, 31))
    for person, series, day, title in (
        (here, external, "2019-12-31", "Before the Post"),
        (here, external, "2020-01-01", "First Day"),
        (here, own, "2021-01-01", "Published Here"),
        (gone, external, "2019-12-31", "Last Day"),
        (gone, external, "2020-01-01", "After Leaving"),
        (PersonFactory.create(), external, "2021-01-01", "By a Stranger"),
    ):
        PublicationFactory.create(published=True, series=series, authors=[person], issued_on=day, title=title)
    PublicationFactory.create(series=external, authors=[here], issued_on="2021-01-01", title="A Draft")
    both = PublicationFactory.create(
        published=True, series=external, issued_on="2018-06-01", title="By Both", authors=[gone, here]
    )
    address = "/research/unit/staff-publications/"
    wanted = {"First Day", "Last Day", "By Both"}
    assert {piece.title for piece in client.get(address).context["listing"].page} == wanted
    for file in ("feed.atom", "feed.json", "export.ris"):
        response = client.get(address + file)
        text = (b"".join(response) if response.streaming else response.content).decode()
        assert {title for title in (*wanted, "A Draft", "By a Stranger", "After Leaving") if title in text} == wanted
    assert both in Publication.objects.by_staff_of(part)


def test_people_stand_by_group_rank_and_family_name_each_once(client: Client) -> None:
    centre = CentreFactory.create(slug="unit")
    part = CentreFactory.create(parent=centre)
    staff(centre, "Analyst", staff_group="associate-research-fellows-senior-analysts-and-research-analysts")
    staff(centre, "Zed", rank=10)
    staff(centre, "Beta", rank=50)
    alpha = staff(part, "Alpha", rank=50, is_head=True)
    AppointmentFactory.create(person=alpha, centre=centre, rank=60)
    staff(centre, "Head", rank=90, is_head=True)
    staff(centre, "Left", ended_on=date(2020, 1, 1))
    AppointmentFactory.create(centre=centre, person=PersonFactory.create(name="Without a Page"))
    assert names(client, "/research/unit/people/") == [["Head", "Zed", "Alpha", "Beta"], ["Analyst"]]
    context = client.get("/research/unit/").context
    assert [member.person.name for member in context["heads"]] == ["Head"]


def test_an_old_link_with_filters_leads_to_the_list(client: Client) -> None:
    CentreFactory.create(slug="unit")
    response = client.get("/research/unit/?topic=sea&page=2")
    assert (response.status_code, response["Location"]) == (301, "/research/unit/publications/?topic=sea&page=2")
    assert client.get("/research/unit/?utm_source=mail").status_code == 200


def test_the_feed_is_the_same_list_at_its_old_and_its_new_address(client: Client) -> None:
    centre = CentreFactory.create(slug="unit")
    PublicationFactory.create(published=True, centres=[centre], title="In Both")
    for form in ("atom", "json"):
        feeds = [client.get(f"/research/unit/{below}feed.{form}").content.decode() for below in ("", "publications/")]
        assert ["In Both" in feed for feed in feeds] == [True, True]
        assert f"/research/unit/feed.{form}" in client.get("/research/unit/").content.decode()


@pytest.mark.parametrize("slug", RESERVED)
def test_no_unit_takes_an_address_of_the_sites_own(slug: str) -> None:
    with pytest.raises(ValidationError, match="page of its own"):
        CentreFactory.build(slug=slug).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        CentreFactory.create(slug=slug)


def test_a_unit_is_no_part_of_what_is_part_of_it() -> None:
    centre = CentreFactory.create()
    part = CentreFactory.create(parent=centre)
    for parent in (centre, part):
        centre.parent = parent
        with pytest.raises(ValidationError, match="cannot be part of itself"):
            centre.clean()


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("people/", "/research/unit/people/"),
        ("publications/?series=x", "/research/unit/publications/?series=x"),
        ("/media/podcasts/", "/media/podcasts/"),
        ("https://example.org/a", "https://example.org/a"),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("people/ x", None),
        ("people/\n", None),
    ],
)
def test_a_line_of_a_menu_leads_within_the_site_or_to_a_whole_address(address: str, leads_to: str | None) -> None:
    centre = CentreFactory.create(slug="unit")
    link = CentreLink(centre=centre, label="Line", address=address)
    try:
        link.full_clean()
    except ValidationError:
        assert leads_to is None
    else:
        assert link.address_within(centre) == leads_to


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("/research/", 7),
        ("/research/programmes/", 5),
        ("/research/unit/publications/", 14),
        ("/research/unit/staff-publications/", 16),
        ("/research/unit/people/", 6),
        ("/research/unit/projects/", 14),
    ],
)
def test_pages_of_units_cost_the_same_statements_for_one_and_for_three(
    client: Client, address: str, statements: int, number: int
) -> None:
    unit = CentreFactory.create(slug="unit")
    external = SeriesFactory.create(external=True)
    for _row in range(number):
        programme = CentreFactory.create(kind="programme", parent=CentreFactory.create())
        CentreLink.objects.create(centre=unit, label=programme.name, address="people/")
        person = staff(unit, programme.name, is_head=True)
        for series in (external, SeriesFactory.create()):
            PublicationFactory.create(published=True, series=series, authors=[person], centres=[unit, programme])
        ProjectFactory.create(published=True, centres=[unit, programme], people=[person])
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    assert len(found) == statements


def test_the_desk_lists_units_at_the_same_cost(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    costs = []
    for _row in range(2):
        CentreFactory.create(parent=CentreFactory.create())
        client.get("/admin/research/researchcentre/")
        with CaptureQueriesContext(connection) as found:
            client.get("/admin/research/researchcentre/")
        costs.append(len(found))
    assert costs[0] == costs[1]
