"""J19: what editors put on the home page and on the page of a centre, who may, and how it will stand tomorrow."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editorial import moments, publishing
from editorial.models import User
from publications.models import Publication
from research.models import ResearchCentre
from rsis.models import Slot
from tests.desk_form import error_summary, form_data
from tests.factories import (
    AppointmentFactory,
    CentreFactory,
    ImageFactory,
    PersonFactory,
    ProjectFactory,
    PublicationFactory,
    SeriesFactory,
    SlotFactory,
    StaffProfileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 19, 4, 0, tzinfo=UTC)  # Thu 19 March 2026, 12:00 in Singapore
SIX = datetime(2026, 3, 19, 22, 0, tzinfo=UTC)  # Fri 20 March 2026, 06:00 in Singapore
ADD = "/admin/rsis/slot/add/"


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def centre() -> ResearchCentre:
    return CentreFactory.create(slug="institute", name="The Institute")


@pytest.fixture
def pieces(centre: ResearchCentre) -> list[Publication]:
    """First, Second and Third, the newest last."""
    series = SeriesFactory.create()
    return [
        PublicationFactory.create(
            published=True, series=series, title=title, issued_on=f"2026-0{month}-01", centres=[centre]
        )
        for month, title in enumerate(("First", "Second", "Third"), start=1)
    ]


@pytest.fixture
def editor(centre: ResearchCentre) -> User:
    """Somebody who edits one centre's page and has no other right."""
    user = UserFactory.create(is_staff=True)
    centre.editors.add(user)
    return user


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def order(client: Client, address: str = "/research/institute/") -> list[str]:
    """The headlines of a centre's page, the lead first."""
    context = client.get(address).context
    lead = [context["lead"]] if context["lead"] else []
    return [shown.headline for shown in [*lead, *context["latest"]]]


def test_j19_1_a_centres_page_falls_back_to_the_newest(client: Client, pieces: list[Publication]) -> None:
    assert order(client) == ["Third", "Second", "First"]


def test_j19_1_an_editor_pins_orders_and_renames(
    client: Client, centre: ResearchCentre, pieces: list[Publication]
) -> None:
    SlotFactory.create(centre=centre, place="pinned", publication=pieces[1], position=2)
    SlotFactory.create(centre=centre, place="pinned", publication=pieces[0], position=1, headline="Read This Again")
    assert order(client) == ["Read This Again", "Second", "Third"]
    SlotFactory.create(centre=centre, publication=pieces[2])
    assert order(client) == ["Third", "Read This Again", "Second"]


def test_j19_1_a_slot_has_an_image_of_its_own_and_the_piece_keeps_its_own_elsewhere(
    client: Client, centre: ResearchCentre, pieces: list[Publication]
) -> None:
    own, other = ImageFactory.create(), ImageFactory.create()
    Publication.objects.filter(pk=pieces[0].pk).update(image=own)
    slot = SlotFactory.create(centre=centre, publication=pieces[0], image=other)
    assert client.get("/research/institute/").context["lead"].image == other
    slot.delete()
    PublicationFactory.create(published=True, image=own)
    Slot.objects.create(centre=centre, place="lead", publication=pieces[0])
    assert client.get("/research/institute/").context["lead"].image == own


def test_j19_1_a_slot_stands_from_its_first_moment_and_goes_at_its_last(
    client: Client, centre: ResearchCentre, pieces: list[Publication]
) -> None:
    SlotFactory.create(centre=centre, publication=pieces[0], starts_at=SIX, ends_at=SIX + timedelta(days=1))
    leads = []
    for moment in (SIX - timedelta(seconds=1), SIX, SIX + timedelta(days=1)):
        with time_machine.travel(moment, tick=False):
            leads.append(order(client)[0])
    assert leads == ["Third", "First", "Third"]


@pytest.mark.parametrize("place", ["lead", "pinned"])
def test_j19_2_what_is_withdrawn_leaves_every_slot_by_itself(
    client: Client, centre: ResearchCentre, pieces: list[Publication], place: str
) -> None:
    SlotFactory.create(centre=centre, place=place, publication=pieces[0], headline="Ours to Lose")
    SlotFactory.create(publication=pieces[0], headline="Ours to Lose")
    assert (order(client)[0], b"Ours to Lose" in client.get("/").content) == ("Ours to Lose", True)
    publishing.withdraw(pieces[0], "A slip.", None)
    assert (order(client), b"Ours to Lose" in client.get("/").content) == (["Third", "Second"], False)


def test_a_slot_of_a_centre_stands_on_that_page_and_no_other(
    client: Client, centre: ResearchCentre, pieces: list[Publication]
) -> None:
    other = CentreFactory.create(slug="other-one")
    SlotFactory.create(centre=centre, publication=pieces[0], headline="Only Here")
    pages = [client.get(address).content for address in ("/research/institute/", "/research/other-one/", "/")]
    assert [b"Only Here" in page for page in pages] == [True, False, False]
    assert other.slots.count() == 0


@pytest.mark.parametrize(("place", "has_centre"), [("pinned", False), ("book", True), ("commentaries", True)])
def test_the_database_refuses_a_place_its_page_does_not_have(
    pieces: list[Publication], centre: ResearchCentre, place: str, has_centre: bool
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.create(place=place, publication=pieces[0], centre=centre if has_centre else None)


def test_j19_3_tomorrow_at_six_is_shown_to_those_who_fill_the_page(
    desk: Client, centre: ResearchCentre, pieces: list[Publication]
) -> None:
    PublicationFactory.create(
        scheduled=True, publish_at=SIX, title="Tomorrow", issued_on="2026-03-20", series=pieces[0].series,
        centres=[centre],
    )  # fmt: skip
    ProjectFactory.create(scheduled=True, publish_at=SIX, title="A Study to Come", centres=[centre])
    SlotFactory.create(centre=centre, publication=pieces[0], starts_at=SIX, headline="From Six On")
    response = desk.get("/admin/rsis/slot/preview/institute/")
    assert order(desk, "/admin/rsis/slot/preview/institute/")[:2] == ["From Six On", "Tomorrow"]
    assert [project.title for project in response.context["projects"]] == ["A Study to Come"]
    assert b"Friday, 20 March 2026 at 06:00" in response.content
    assert ("no-store" in response["Cache-Control"], response["X-Robots-Tag"]) == (True, "noindex, nofollow")
    assert order(Client())[0] == "Third"
    assert order(desk)[0] == "Third"


def test_j19_3_the_home_page_of_tomorrow_is_shown_too(client: Client) -> None:
    series = SeriesFactory.create(commentary=True)
    PublicationFactory.create(published=True, series=series, title="Today", issued_on="2026-03-19")
    coming = {"series": series, "title": "Tomorrow", "issued_on": "2026-03-20"}
    PublicationFactory.create(scheduled=True, publish_at=SIX, **coming)
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    leads = {
        query: client.get(f"/admin/rsis/slot/preview/{query}").context["lead"].title
        for query in ("", "?at=2026-03-20T05:59", "?at=2026-03-20+06:00", "?at=2031-01-01+06:00")
    }
    assert list(leads.values()) == ["Tomorrow", "Today", "Tomorrow", "Tomorrow"]
    assert client.get("/").context["lead"].title == "Today"


@pytest.mark.parametrize(
    "given", ["x", "2026-02-30", "2020-01-01", "2026-03-20T06:00+08:00", "9" * 300, "%22%3E%3Ci%3E"]
)
def test_j19_3_a_moment_that_is_none_is_refused_in_words_beside_the_usual_one(desk: Client, given: str) -> None:
    CentreFactory.create(slug="another")
    response = desk.get(f"/admin/rsis/slot/preview/institute/?at={given}")
    assert response.status_code == 200
    assert bool(response.context["looking"]["refusal"]) is True
    assert b'role="status"' in response.content
    assert b"<i>" not in response.content


def test_j19_3_nobody_else_looks_ahead(desk: Client, centre: ResearchCentre, pieces: list[Publication]) -> None:
    CentreFactory.create(slug="another")
    here = "/admin/rsis/slot/preview/"
    assert [desk.get(address).status_code for address in (f"{here}institute/", f"{here}another/", here)] == [
        200,
        403,
        403,
    ]
    assert Client().get(f"{here}institute/").status_code == 302
    reader = Client()
    reader.force_login(UserFactory.create())
    assert reader.get(f"{here}institute/").status_code == 302
    assert desk.get(f"{here}no-such-unit/").status_code == 404


def test_the_chosen_moment_ends_with_the_page() -> None:
    def fail() -> None:
        with moments.as_of(SIX):
            raise LookupError(moments.now())

    with pytest.raises(LookupError) as caught:
        fail()
    assert (caught.value.args[0], moments.now()) == (SIX, NOON)


def slot_data(page: Any, **values: Any) -> dict[str, Any]:
    data = form_data(page, "slot_form")
    return data | {"place": "lead", "position": "0", **values}


def test_j19_4_a_centres_editor_fills_that_page(
    desk: Client, centre: ResearchCentre, pieces: list[Publication]
) -> None:
    sent = slot_data(desk.get(ADD), centre=centre.pk, publication_words="First", headline="Chosen")
    assert error_summary(desk.post(ADD, sent)) == ""
    slot = Slot.objects.get()
    assert (slot.centre, slot.publication, slot.headline) == (centre, pieces[0], "Chosen")
    change = f"/admin/rsis/slot/{slot.pk}/change/"
    assert error_summary(desk.post(change, slot_data(desk.get(change), headline="Better", place="pinned"))) == ""
    slot.refresh_from_db()
    assert (slot.headline, slot.place) == ("Better", "pinned")
    desk.post(f"/admin/rsis/slot/{slot.pk}/delete/", {"post": "yes"})
    assert Slot.objects.count() == 0


@pytest.mark.parametrize("where", ["home", "another"])
def test_j19_4_a_centres_editor_changes_no_other_slot(
    desk: Client, centre: ResearchCentre, pieces: list[Publication], where: str
) -> None:
    other = None if where == "home" else CentreFactory.create(slug="another")
    slot = SlotFactory.create(centre=other, publication=pieces[0], headline="Not Yours")
    own = SlotFactory.create(centre=centre, publication=pieces[1], headline="Yours")
    change = f"/admin/rsis/slot/{own.pk}/change/"
    kept = slot_data(desk.get(change))
    listed = desk.get("/admin/rsis/slot/").content.decode()
    assert ("Not Yours" in listed, "Yours" in listed) == (False, True)
    for address in (f"/admin/rsis/slot/{slot.pk}/change/", f"/admin/rsis/slot/{slot.pk}/delete/"):
        assert desk.get(address).status_code == 302
        assert desk.post(address, {**kept, "post": "yes"}).status_code == 302
    to = "" if other is None else other.pk
    for address in (ADD, change):
        refused = desk.post(address, {**kept, "centre": to, "publication_words": "First"})
        assert refused.status_code == 200
    chosen = {"action": "delete_selected", "_selected_action": [slot.pk], "post": "yes"}
    desk.post("/admin/rsis/slot/", chosen)
    rows = list(Slot.objects.order_by("pk").values_list("pk", "centre", "headline"))
    assert rows == [(slot.pk, other.pk if other else None, "Not Yours"), (own.pk, centre.pk, "Yours")]


def test_j19_4_nobody_makes_himself_the_editor_of_a_centre(centre: ResearchCentre) -> None:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__endswith="researchcentre"))
    client = Client()
    client.force_login(user)
    address = f"/admin/research/researchcentre/{centre.pk}/change/"
    data = form_data(client.get(address), "researchcentre_form")
    assert error_summary(client.post(address, data | {"editors": [user.pk], "summary": "Changed."})) == ""
    centre.refresh_from_db()
    assert (centre.summary, list(centre.editors.all())) == ("Changed.", [])


def test_j19_4_an_editor_who_is_struck_off_sees_no_slot(desk: Client, centre: ResearchCentre, editor: User) -> None:
    assert desk.get("/admin/rsis/slot/").status_code == 200
    centre.editors.remove(editor)
    assert [desk.get(address).status_code for address in ("/admin/rsis/slot/", ADD)] == [403, 403]


@pytest.mark.parametrize("number", [1, 3])
def test_j19_5_a_centres_page_costs_the_same_statements_for_one_and_for_three(
    client: Client, centre: ResearchCentre, number: int
) -> None:
    inside = CentreFactory.create(parent=centre)
    elsewhere, letters = SeriesFactory.create(external=True), SeriesFactory.create(shape="newsletter")
    for _row in range(number):
        person = PersonFactory.create()
        StaffProfileFactory.create(person=person, published=True, photo=ImageFactory.create())
        AppointmentFactory.create(person=person, centre=centre, is_head=True)
        AppointmentFactory.create(person=person, centre=inside)
        CentreFactory.create(parent=centre)
        for series in (SeriesFactory.create(), elsewhere, letters):
            piece = PublicationFactory.create(
                published=True, series=series, authors=[person], centres=[centre], image=ImageFactory.create()
            )
            ProjectFactory.create(published=True, centres=[centre], people=[person], outputs=[piece])
            for place in ("lead", "pinned"):
                SlotFactory.create(centre=centre, place=place, publication=piece, image=ImageFactory.create())
    client.get("/research/institute/")
    with CaptureQueriesContext(connection) as statements:
        assert client.get("/research/institute/").status_code == 200
    assert len(statements) == 20
