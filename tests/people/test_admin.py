"""Names as editors type them, and the screens of people."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.test import Client

from people.matching import fold, namesakes
from people.models import Person, StaffProfile
from people.naming import create_from_name
from tests.desk_form import error_summary, form_data
from tests.factories import (
    AppointmentFactory,
    CentreFactory,
    PersonFactory,
    StaffProfileFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Nguyễn Thị Lan", ["nguyen", "thi", "lan"]),
        ("O’Neill-Søren", ["oneill", "soren"]),
        ("李明華", ["李明華"]),
        ("J. R. Łukasz", ["j", "r", "lukasz"]),
    ],
)
def test_a_name_is_folded_to_its_plainest_words(name: str, words: list[str]) -> None:
    assert fold(name) == words


@pytest.mark.parametrize("words", ["lan nguyen", "NGUYỄN", "thi la", "lan"])
def test_the_list_finds_a_person_whatever_accents_and_order(desk: Client, words: str) -> None:
    PersonFactory.create(name="Nguyễn Thị Lan")
    PersonFactory.create(name="Somebody Else")
    page = desk.get("/admin/people/person/", {"q": words}).content.decode()
    assert "Nguyễn Thị Lan" in page
    assert "Somebody Else" not in page


def test_namesakes_have_all_words_in_any_order_and_no_more() -> None:
    same = PersonFactory.create(name="Wei Lim")
    PersonFactory.create(name="Wei Jie Lim")
    assert namesakes("LIM Wei") == [same]


def test_people_of_one_name_have_addresses_of_their_own() -> None:
    made = [create_from_name("Wei Lim").slug, create_from_name("Wei  Lim").slug]
    assert made == ["wei-lim", "wei-lim-2"]


def test_a_name_in_another_script_has_an_address_too() -> None:
    assert create_from_name("李明華").slug == "person"


def test_a_person_is_saved_with_a_post(desk: Client) -> None:
    data = form_data(desk.get("/admin/people/person/add/"), "person_form")
    post = {"title": "Fellow", "staff_group": "faculty-and-research", "rank": "50"}
    data |= {"name": "Wei Lim", "slug": "wei-lim", "appointments-TOTAL_FORMS": "1"}
    data |= {f"appointments-0-{name}": value for name, value in post.items()}
    assert error_summary(desk.post("/admin/people/person/add/", data)) == ""
    assert [str(post) for post in Person.objects.get().appointments.all()] == ["Fellow"]


def test_a_profile_is_drafted_for_a_person_found_by_name(desk: Client) -> None:
    person, topic = PersonFactory.create(name="Nguyễn Thị Lan"), TopicFactory.create()
    data = form_data(desk.get("/admin/people/staffprofile/add/"), "staffprofile_form")
    data |= {"person_words": "nguyen lan", "expertise": [topic.pk], "biography": "<p>She writes.</p>"}
    assert error_summary(desk.post("/admin/people/staffprofile/add/", data)) == ""
    profile = StaffProfile.objects.get()
    assert (profile.person, list(profile.expertise.all())) == (person, [topic])


def test_the_list_of_people_costs_the_same_for_one_and_for_three(
    desk: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    for _number in range(3):
        profile = StaffProfileFactory.create(published=True)
        AppointmentFactory.create(person=profile.person, centre=CentreFactory.create())
        with django_assert_num_queries(6):
            assert desk.get("/admin/people/person/").status_code == 200


def test_the_list_narrows_to_a_group_of_today(desk: Client) -> None:
    AppointmentFactory.create(person__name="In the Group", staff_group="management")
    AppointmentFactory.create(person__name="Left the Group", staff_group="management", ended_on=date(2020, 1, 1))
    page = desk.get("/admin/people/person/", {"group": "management"}).content.decode()
    assert ("In the Group" in page, "Left the Group" in page) == (True, False)


def test_the_form_of_a_person_reads_as_the_page_does(desk: Client) -> None:
    page = desk.get("/admin/people/person/add/").content.decode()
    marks = ("id_name", "appointments-TOTAL_FORMS", "id_family_name", "id_email")
    assert sorted(marks, key=page.index) == list(marks)
