"""J14: a fellow updates the profile by invitation; a fellow leaves, and the sign-in is closed by the date alone."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client

from editorial import history
from editorial.models import Image, State, User
from people import proposing
from people.inviting import InviteRefused, invite
from people.leaving import has_left
from people.models import Person, Proposal, StaffProfile
from publications.models import Authorship
from tests.desk_form import error_summary, form_data, post
from tests.factories import (
    PASSWORD,
    AppointmentFactory,
    AuthorshipFactory,
    LanguageFactory,
    PersonFactory,
    PublicationFactory,
    StaffProfileFactory,
    UserFactory,
    jpeg,
)

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/profile/"
NEW = "a long enough phrase"


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def fellow() -> Person:
    """Somebody with a public profile who may sign in, and no more."""
    person: Person = PersonFactory.create(name="Mei Lin", slug="mei", user=UserFactory.create(username="mei"))
    AppointmentFactory.create(person=person)
    StaffProfileFactory.create(person=person, published=True, biography="<p>As it was.</p>", degrees="PhD")
    return person


@pytest.fixture
def own(client: Client, fellow: Person) -> Client:
    client.force_login(fellow.user)
    return client


@pytest.fixture
def desk() -> Client:
    user = UserFactory.create(is_staff=True, username="publisher")
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["publish_staffprofile", "change_staffprofile", "view_person"])
    )
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, **changes: Any) -> Any:
    data = form_data(client.get(ADDRESS), "own_profile_form")
    return client.post(ADDRESS, data | changes)


def decide(client: Client, **data: str) -> Any:
    return client.post(f"/admin/people/proposal/{Proposal.objects.get().pk}/change/", data)


def test_j14_a_proposal_is_not_public_before_an_editor_accepts_it(own: Client, desk: Client, fellow: Person) -> None:
    malay = LanguageFactory.create(code="ms", name="Malay")
    assert error_summary(send(own, biography="<p>As it is.</p>", speaks=[malay.pk], degrees="PhD")) == ""
    before = Client().get("/people/mei/").content.decode()
    assert ("As it was." in before, "As it is." in before, "Malay" in before) == (True, False, False)
    seen = desk.get(f"/admin/people/proposal/{Proposal.objects.get().pk}/change/").content.decode()
    assert ("<ins>is</ins>" in seen, "Malay" in seen, "Degrees" in seen) == (True, True, False)
    assert decide(desk, verdict="accept").status_code == 302
    after = Client().get("/people/mei/").content.decode()
    assert ("As it was." in after, "As it is." in after, "Malay" in after) == (False, True, True)
    revision = history.latest(fellow.profile)
    assert revision is not None
    assert (revision.note, revision.by.username) == ("Accepted what mei sent in", "publisher")


def test_j14_what_an_editor_changed_meanwhile_stays(own: Client, desk: Client, fellow: Person) -> None:
    send(own, biography="<p>As it is.</p>")
    StaffProfile.objects.filter(person=fellow).update(degrees="PhD; LLM")
    decide(desk, verdict="accept")
    profile = StaffProfile.objects.get(person=fellow)
    assert (profile.biography, profile.degrees) == ("<p>As it is.</p>", "PhD; LLM")


def test_j14_sending_again_replaces_what_waits_and_keeps_what_it_said(own: Client) -> None:
    send(own, biography="<p>First.</p>")
    assert "First." in form_data(own.get(ADDRESS), "own_profile_form")["biography"]
    send(own, public_phone="+65 6000 0000")
    proposal = Proposal.objects.get()
    assert proposal.data["fields"] == {"biography": "<p>First.</p>", "public_phone": "+65 6000 0000"}


def test_j14_a_returned_proposal_says_why_and_needs_a_word_to_be_returned(own: Client, desk: Client) -> None:
    send(own, biography="<p>As it is.</p>")
    decide(desk, verdict="return", answer=" ")
    assert Proposal.objects.get().is_waiting
    decide(desk, verdict="return", answer="Name the university, please.")
    page = own.get(ADDRESS).content.decode()
    assert ("Name the university, please." in page, "As it was." in page) == (True, True)
    assert "As it was." in Client().get("/people/mei/").content.decode()


def test_j14_nothing_changed_is_nothing_to_send(own: Client) -> None:
    page = own.post(ADDRESS, form_data(own.get(ADDRESS), "own_profile_form"), follow=True).content.decode()
    assert ("nothing to send" in page, Proposal.objects.count()) == (True, 0)


def test_j14_a_first_profile_is_a_draft_until_it_is_accepted(own: Client, desk: Client, fellow: Person) -> None:
    fellow.profile.delete()
    send(own, biography="<p>New here.</p>")
    assert (StaffProfile.objects.get().state, Client().get("/people/mei/").status_code) == (State.DRAFT, 404)
    decide(desk, verdict="accept")
    assert "New here." in Client().get("/people/mei/").content.decode()


def test_j14_a_portrait_comes_with_words_credit_and_a_crop(
    own: Client, desk: Client, fellow: Person, media_folder: object
) -> None:
    photo = ContentFile(jpeg(), "me.jpg")
    assert "Say in a sentence what the portrait shows." in error_summary(
        send(own, new_photo=photo, photo_credit="RSIS")
    )
    assert Image.objects.count() == 0
    photo.seek(0)
    sent = send(own, new_photo=photo, photo_alt="Mei Lin at a desk.", photo_credit="RSIS", focal_x="30", focal_y="20")
    assert error_summary(sent) == ""
    image = Image.objects.get()
    assert (image.title, image.alt, image.focal_x, image.focal_y) == (
        "Portrait of Mei Lin",
        "Mei Lin at a desk.",
        30,
        20,
    )
    send(own, degrees="MA")  # a second sending keeps the portrait of the first
    decide(desk, verdict="accept")
    assert StaffProfile.objects.get(person=fellow).photo == image


def test_j14_the_form_keeps_what_was_typed_when_something_is_amiss(own: Client) -> None:
    response = send(own, biography="<p>Kept words.</p>", public_email="no address")
    assert "valid e" in error_summary(response)
    assert form_data(response, "own_profile_form")["biography"] == "<p>Kept words.</p>"


def test_j14_no_address_or_telephone_is_public_unless_chosen(own: Client, desk: Client, fellow: Person) -> None:
    Person.objects.filter(pk=fellow.pk).update(email="private@example.org")
    for field, value in (("public_email", "press@example.org"), ("public_phone", "+65 6000 0000")):
        page = Client().get("/people/mei/").content.decode()
        assert (value in page, "private@example.org" in page, "mailto:" in page.partition(value)[0]) == (
            False,
            False,
            field != "public_email",
        )
        Proposal.objects.all().delete()
        send(own, **{field: value})
        decide(desk, verdict="accept")
        assert value in Client().get("/people/mei/").content.decode()


def test_j14_the_own_profile_opens_for_the_person_alone(own: Client, desk: Client) -> None:
    assert desk.get(ADDRESS).status_code == 404
    assert Client().get(ADDRESS)["Location"] == f"/admin/login/?next={ADDRESS}"
    assert own.get("/admin/people/person/").status_code == 302
    send(own, biography="<p>As it is.</p>")
    own.post(f"/admin/people/proposal/{Proposal.objects.get().pk}/change/", {"verdict": "accept"})
    assert Proposal.objects.get().is_waiting


def test_j14_only_who_may_publish_profiles_decides(own: Client) -> None:
    send(own, biography="<p>As it is.</p>")
    other = UserFactory.create(is_staff=True)
    other.user_permissions.set(Permission.objects.filter(codename__in=["change_staffprofile", "change_proposal"]))
    own.force_login(other)
    assert decide(own, verdict="accept").status_code == 403


def test_j14_the_desk_shows_what_waits(own: Client, desk: Client) -> None:
    send(own, biography="<p>As it is.</p>")
    user = User.objects.get(username="publisher")
    user.user_permissions.add(Permission.objects.get(codename="view_publication"))
    page = desk.get("/admin/").content.decode()
    assert ("Profiles to approve" in page, f"/admin/people/proposal/{Proposal.objects.get().pk}/change/" in page) == (
        True,
        True,
    )


def test_j14_an_invitation_gives_a_sign_in_to_the_own_profile_and_works_once(client: Client) -> None:
    person = PersonFactory.create(slug="wei")
    AppointmentFactory.create(person=person)
    first = invite(person, UserFactory.create())
    second = invite(person, UserFactory.create())
    assert "has ended" in client.get(first, follow=True).content.decode()
    page = client.get(second)
    form = client.post(page["Location"], {"new_password1": NEW, "new_password2": NEW})
    assert form["Location"] == ADDRESS
    assert "has ended" in Client().get(second, follow=True).content.decode()
    signed_in = client.post("/admin/login/", {"login": "wei", "password": NEW})
    assert signed_in["Location"] == ADDRESS
    assert client.get(ADDRESS).status_code == 200
    user = User.objects.get(username="wei")
    assert (user.is_staff, user.is_superuser, person.user) == (False, False, user)


def test_j14_nobody_is_invited_into_a_sign_in_that_is_in_use_or_opens_the_desk() -> None:
    for user in (UserFactory.create(is_staff=True), UserFactory.create(last_login="2026-01-01T00:00Z")):
        with pytest.raises(InviteRefused, match="signs in already"):
            invite(PersonFactory.create(user=user), UserFactory.create())
    left = PersonFactory.create()
    AppointmentFactory.create(person=left, ended_on=date(2020, 1, 1))
    with pytest.raises(InviteRefused, match="has ended"):
        invite(left, UserFactory.create())


MARCH_31 = "2026-03-31 12:00:00+08:00"
APRIL_1 = "2026-04-01 00:00:00+08:00"


@pytest.mark.parametrize("is_staff", [False, True])
def test_j14_the_sign_in_is_closed_from_the_day_after_the_last_post(fellow: Person, is_staff: bool) -> None:
    fellow.appointments.update(ended_on=date(2026, 3, 31))
    User.objects.filter(pk=fellow.user_id).update(is_staff=is_staff)
    answers = []
    for moment in (MARCH_31, APRIL_1):
        with time_machine.travel(moment, tick=False):
            answers.append(Client().post("/admin/login/", {"login": "mei", "password": PASSWORD}))
    assert [answer.status_code for answer in answers] == [302, 403]
    assert "Your last post at the school has ended" in answers[1].content.decode()


def test_j14_an_open_session_ends_with_the_last_post_too(fellow: Person) -> None:
    fellow.appointments.update(ended_on=date(2026, 3, 31))
    client = Client()
    with time_machine.travel("2026-03-31 23:50:00+08:00", tick=False):
        client.post("/admin/login/", {"login": "mei", "password": PASSWORD})
        assert client.get(ADDRESS).status_code == 200
    with time_machine.travel("2026-04-01 00:01:00+08:00", tick=False):
        assert client.get(ADDRESS).status_code == 302


def test_j14_only_who_held_a_post_can_leave_and_one_post_of_two_keeps_the_sign_in(fellow: Person) -> None:
    assert (has_left(UserFactory.create()), has_left(PersonFactory.create(user=UserFactory.create()).user)) == (
        False,
        False,
    )
    fellow.appointments.update(ended_on=date(2020, 1, 1))
    assert has_left(fellow.user)
    AppointmentFactory.create(person=fellow, started_on=date(2099, 1, 1))
    assert not has_left(fellow.user)


def test_j14_a_new_name_leaves_old_bylines_and_the_old_address_leads_to_the_new(fellow: Person) -> None:
    piece = PublicationFactory.create(published=True)
    AuthorshipFactory.create(publication=piece, person=fellow, printed_name="")
    desk = Client()
    desk.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    address = f"/admin/people/person/{fellow.pk}/change/"
    data = form_data(desk.get(address), "person_form")
    married = {"name": "Mei Tan", "slug": "mei-tan", "family_name": "Tan", "given_names": "Mei"}
    assert error_summary(post(desk, address, data | married, is_sure=True)) == ""
    fellow.refresh_from_db()
    assert (fellow.sort_name, Authorship.objects.get().name) == ("Tan, Mei", "Mei Lin")
    old = Client().get("/people/mei/")
    assert (old.status_code, old["Location"]) == (301, "/people/mei-tan/")
    page = Client().get("/people/mei-tan/").content.decode()
    assert ("Mei Tan" in page, "Mei Lin" in page) == (True, True)


def test_j14_a_sorting_name_written_by_hand_survives_a_new_name(fellow: Person) -> None:
    Person.objects.filter(pk=fellow.pk).update(sort_name="Lin of Amoy, Mei")
    desk = Client()
    desk.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    address = f"/admin/people/person/{fellow.pk}/change/"
    desk.post(address, form_data(desk.get(address), "person_form") | {"name": "Mei Tan"})
    fellow.refresh_from_db()
    assert (fellow.name, fellow.sort_name) == ("Mei Tan", "Lin of Amoy, Mei")


def test_a_proposal_is_decided_once(own: Client, fellow: Person) -> None:
    send(own, biography="<p>As it is.</p>")
    proposal, by = Proposal.objects.get(), UserFactory.create()
    proposing.accept(proposal, by)
    with pytest.raises(proposing.ProposalRefused, match="in the meantime"):
        proposing.send_back(proposal, by, "Too late.")


@pytest.mark.parametrize("value", ["a\0b", "x" * 200_000, "<script>alert(1)</script>", "9" * 40])
def test_x4_odd_values_in_the_own_profile_are_no_error_and_never_stored_as_they_are(own: Client, value: str) -> None:
    names = (
        "biography",
        "degrees",
        "public_email",
        "public_phone",
        "speaks_about",
        "availability",
        "time_zone",
        "focal_x",
        "expertise",
        "speaks",
        "note",
    )
    response = own.post(ADDRESS, dict.fromkeys(names, value))
    assert response.status_code in {200, 400}  # a key of forty digits fits no column
    assert Proposal.objects.count() == 0
