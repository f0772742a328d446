"""The home page: what editors chose while it lasts, and the newest everywhere else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editorial import held
from publications.models import Series
from tests.factories import (
    ImageFactory,
    PersonFactory,
    PublicationFactory,
    SeriesFactory,
    SlotFactory,
    StaffProfileFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def lead_of(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.context["lead"].title if response.context["lead"] else ""


def test_the_newest_commentary_leads_when_nobody_chose() -> None:
    series = SeriesFactory.create(commentary=True)
    PublicationFactory.create(published=True, series=series, title="Older", issued_on="2026-01-01")
    PublicationFactory.create(published=True, series=series, title="Newer", issued_on="2026-02-01")
    assert lead_of(Client()) == "Newer"


def test_a_chosen_lead_stands_while_its_time_lasts() -> None:
    series = SeriesFactory.create(commentary=True)
    PublicationFactory.create(published=True, series=series, title="Newest", issued_on="2026-02-01")
    chosen = PublicationFactory.create(published=True, series=series, title="Chosen", issued_on="2020-01-01")
    slot = SlotFactory.create(publication=chosen, ends_at=timezone.now() + timedelta(hours=1))
    assert lead_of(Client()) == "Chosen"
    slot.ends_at = timezone.now() - timedelta(seconds=1)
    slot.save()
    assert lead_of(Client()) == "Newest"


def test_a_chosen_piece_that_is_withdrawn_leaves_its_slot_by_itself() -> None:
    series = SeriesFactory.create(commentary=True)
    PublicationFactory.create(published=True, series=series, title="Newest")
    SlotFactory.create(publication=PublicationFactory.create(withdrawn=True, series=series, title="Taken Back"))
    assert lead_of(Client()) == "Newest"


def test_the_latest_book_is_the_newest_unless_one_is_pinned() -> None:
    books = SeriesFactory.create(shape=Series.Shape.BOOK)
    old = PublicationFactory.create(published=True, series=books, title="Old Book", issued_on="2020-01-01")
    PublicationFactory.create(published=True, series=books, title="New Book", issued_on="2026-01-01")
    assert Client().get("/").context["book"].title == "New Book"
    SlotFactory.create(place="book", publication=old)
    assert Client().get("/").context["book"].title == "Old Book"


@pytest.mark.parametrize("state", ["draft", "published"])
def test_a_person_has_a_page_only_with_something_on_it(state: str) -> None:
    person = PersonFactory.create()
    PublicationFactory.create(authors=[person], **({"published": True} if state == "published" else {}))
    assert Client().get(person.get_absolute_url()).status_code == (200 if state == "published" else 404)


def test_a_published_profile_gives_a_page_and_a_place_in_the_list() -> None:
    profile = StaffProfileFactory.create(published=True, person__name="Tan Wei Ling")
    assert Client().get(profile.get_absolute_url()).status_code == 200
    assert "Tan Wei Ling" in Client().get("/people/?who=all").content.decode()


@pytest.mark.parametrize("wanted", ["publications", "events"])
def test_the_band_of_the_home_page_leads_to_the_sign_up_with_its_list_chosen(client: Client, wanted: str) -> None:
    address = f"/subscribe/?list={wanted}"
    assert client.get("/").content.decode().count(f'href="{address}"') == 1
    assert client.get(address).context["form"].chosen == {wanted}


def more(families: list[Series]) -> None:
    """A row of everything the home page shows, each pointing at others of its own."""
    for series in families:
        piece = PublicationFactory.create(
            published=True, series=series, authors=[PersonFactory.create()], image=ImageFactory.create()
        )
        place = "book" if series.shape == Series.Shape.BOOK else "commentaries"
        SlotFactory.create(place=place, publication=piece, image=ImageFactory.create())
    profile = StaffProfileFactory.create(published=True, photo=ImageFactory.create())
    profile.expertise.add(TopicFactory.create())
    SlotFactory.create(place="experts", publication=None, person=profile.person)


def test_j19_5_the_home_page_costs_the_same_statements_for_one_and_for_three_and_at_most_25() -> None:
    families = [SeriesFactory.create(commentary=True), SeriesFactory.create(shape=Series.Shape.BOOK)]
    families += [SeriesFactory.create(external=True), SeriesFactory.create(media=True), SeriesFactory.create()]
    costs = []
    for rows in (1, 2):
        for _row in range(rows):
            more(families)
        Client().get("/people/")  # reads the catalogue; from here on only changes of the archive do
        held.forget()
        with CaptureQueriesContext(connection) as statements:
            assert Client().get("/").status_code == 200
        costs.append(len(statements))
    assert (costs[0] == costs[1], costs[1] <= 25) == (True, True)
