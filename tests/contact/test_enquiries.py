"""Enquiries: what readers and journalists write is kept, routed, acknowledged once, and never lost."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contact import personal_data, retention
from contact import seed as contact_seed
from contact.models import Enquiry, Feedback, Subject
from mail import letters
from mail.line import Outcome
from mail.models import Letter
from mail.sending import Mailing
from people.models import StaffProfile
from tests.contact.sending import send
from tests.factories import EnquiryFactory, FeedbackFactory, PersonFactory, StaffProfileFactory, SubjectFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)  # Fri 20 March 2026, 12:00 in Singapore


@pytest.fixture
def desk() -> Subject:
    made: Subject = SubjectFactory.create(
        slug="general", label="General enquiry", recipients="a@desk.example\nb@desk.example"
    )
    return made


@pytest.fixture
def expert() -> str:
    SubjectFactory.create(slug="media", label="Media enquiry", is_press=True, recipients="press@desk.example")
    with time_machine.travel(NOON - timedelta(days=1)):
        person = PersonFactory.create(slug="wei", name="Wei Tan", email="wei.private@example.org")
        StaffProfileFactory.create(person=person, published=True, expert=True)
    return "/people/wei/enquiry/"


def test_n93_contact_us_shows_address_ways_and_a_form(client: Client, desk: Subject) -> None:
    page = client.get("/contact/").content.decode()
    for words in ("<h1>Contact Us</h1>", "Get in Touch", "Getting to RSIS", "Block S4, Level B3,", "bus 179",
                  '<label for="contact-message">Your message', "General enquiry"):  # fmt: skip
        assert words in page
    assert "desk.example" not in page


def test_an_enquiry_is_kept_and_each_address_of_its_desk_is_written_to(client: Client, desk: Subject) -> None:
    assert send(client, "/contact/").status_code == 302
    (enquiry,) = Enquiry.objects.all()
    assert (enquiry.name, enquiry.email, enquiry.subject, enquiry.message, enquiry.state) == (
        "Mei Lin", "mei@example.org", desk, "May I visit?", "new",
    )  # fmt: skip
    assert mail.outbox == []  # nobody waits for a mail server
    letters.send_due()
    told = [letter for letter in mail.outbox if letter.to != ["mei@example.org"]]
    assert sorted(letter.to[0] for letter in told) == ["a@desk.example", "b@desk.example"]
    assert {(letter.subject, tuple(letter.reply_to)) for letter in told} == {
        ("[RSIS] General enquiry: Mei Lin", ("mei@example.org",))
    }
    assert ("May I visit?" in told[0].body, f"/admin/contact/enquiry/{enquiry.pk}/" in told[0].body) == (True, True)


def test_the_writer_is_thanked_once_a_day_and_without_the_words_of_the_message(client: Client, desk: Subject) -> None:
    for message in ("First.", "Second."):
        send(client, "/contact/", message=message)
    letters.send_due(limit=20)
    thanks = [letter for letter in mail.outbox if letter.to == ["mei@example.org"]]
    assert [(letter.subject, "First." in letter.body) for letter in thanks] == [
        ("We have received your enquiry", False)
    ]


def test_a_desk_that_writes_to_itself_is_not_answered_for_ever(client: Client, desk: Subject) -> None:
    send(client, "/contact/", email="A@desk.example")
    assert sorted(Letter.objects.values_list("to_address", flat=True)) == ["a@desk.example", "b@desk.example"]


def test_without_an_address_of_the_desk_the_enquiry_waits_in_the_inbox(client: Client, desk: Subject) -> None:
    Subject.objects.update(recipients="", reply="")
    assert send(client, "/contact/").status_code == 302
    assert (Enquiry.objects.count(), Letter.objects.count()) == (1, 0)


def test_r4_with_the_mail_server_gone_the_form_works_and_the_letters_go_later(client: Client, desk: Subject) -> None:
    gone = Outcome(Letter.State.DUE, "Connection refused", is_of_server=True)
    with mock.patch("mail.sending.Line.open", return_value=gone):
        assert send(client, "/contact/").status_code == 302
        letters.send_due()
        assert "Thank you." in client.get("/contact/?sent=1").content.decode()
    Mailing.left_alone.clear()  # as if the pause of the server were over
    letters.send_due()
    assert (len(mail.outbox), set(Letter.objects.values_list("state", flat=True))) == (3, {"sent"})


def test_f28_the_same_form_sent_twice_is_one_row_and_one_letter_for_each(client: Client, desk: Subject) -> None:
    with time_machine.travel(NOON):
        assert [send(client, "/contact/").status_code for _time in range(2)] == [302, 302]
    assert (Enquiry.objects.count(), Letter.objects.count()) == (1, 3)


def test_a_failure_while_letters_are_written_keeps_neither_row_nor_letter(client: Client, desk: Subject) -> None:
    client.raise_request_exception = False
    with mock.patch("contact.receiving.for_desk", side_effect=RuntimeError):
        assert send(client, "/contact/").status_code == 500
    assert (Enquiry.objects.count(), Letter.objects.count()) == (0, 0)


def test_a_link_chooses_the_subject(client: Client, desk: Subject) -> None:
    SubjectFactory.create(slug="other", is_offered=False)
    assert '<option value="general" selected>' in client.get("/contact/?subject=general").content.decode()
    for unknown in ("other", "nope", "'", "%00x"):
        assert "selected>Choose" in client.get("/contact/", {"subject": unknown}).content.decode()


def test_an_enquiry_costs_a_fixed_number_of_statements(
    client: Client, desk: Subject, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send(client, "/contact/", message="Before.")
    with django_assert_num_queries(STATEMENTS_OF_AN_ENQUIRY):
        send(client, "/contact/")


STATEMENTS_OF_AN_ENQUIRY = 14


def test_the_form_is_the_only_page_with_a_cookie_and_is_not_kept(client: Client, desk: Subject) -> None:
    response = client.get("/contact/")
    assert (list(response.cookies), "no-store" in response["Cache-Control"]) == (["csrf"], True)


# To an expert


@time_machine.travel(NOON, tick=False)
def test_a_journalist_reaches_the_press_desk_with_deadline_and_expert(client: Client, expert: str) -> None:
    assert send(client, expert, deadline="2026-03-20T09:30", zone="Europe/London").status_code == 302
    (enquiry,) = Enquiry.objects.all()
    assert (str(enquiry.person), enquiry.outlet, enquiry.medium, enquiry.deadline_at, str(enquiry.subject)) == (
        "Wei Tan", "The Courier", "print", datetime(2026, 3, 20, 9, 30, tzinfo=UTC), "Media enquiry",
    )  # fmt: skip
    letters.send_due()
    told = next(letter for letter in mail.outbox if letter.to == ["press@desk.example"])
    for line in ("Expert asked for: Wei Tan", "Outlet: The Courier",
                 "Deadline: Fri 20 Mar 2026, 17:30 SGT (Fri 20 Mar 2026, 09:30 in London)"):  # fmt: skip
        assert line in told.body


def test_no_private_address_is_shown_or_written_to(client: Client, expert: str) -> None:
    with time_machine.travel(NOON):
        send(client, expert)
    letters.send_due()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["mei@example.org", "press@desk.example"]
    assert "wei.private" not in client.get(expert).content.decode() + "".join(
        str(letter.body) for letter in mail.outbox
    )


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("deadline", "zone", "words"),
    [
        ("2026-03-20T11:00", "Asia/Singapore", "over already"),
        ("2026-03-20T12:30", "Asia/Tokyo", "over already"),
        ("2027-06-01T12:00", "UTC", "within a year"),
        ("9999-12-31T23:59", "America/New_York", "within a year"),
        ("0001-01-01T00:00", "Asia/Tokyo", "over already"),
        ("2026-02-30T12:00", "UTC", "Give day and time"),
        ("tomorrow", "UTC", "Give day and time"),
        ("", "UTC", "required"),
        ("2026-03-21T12:00", "Mars/Olympus", "Choose one of the time zones"),
    ],
)
def test_a_deadline_that_cannot_be_meant_is_refused_with_words(
    client: Client, expert: str, deadline: str, zone: str, words: str
) -> None:
    response = send(client, expert, deadline=deadline, zone=zone)
    assert (response.status_code, words in response.content.decode(), Enquiry.objects.count()) == (422, True, 0)
    assert "What now?" in response.content.decode()


@pytest.mark.parametrize("state", ["draft", "in_review", "scheduled", "withdrawn", "trashed"])
def test_only_somebody_with_a_public_profile_can_be_asked_for(client: Client, expert: str, state: str) -> None:
    wanted = {} if state == "draft" else {state: True}
    StaffProfileFactory.create(person=PersonFactory.create(slug="ana"), **wanted)
    assert client.get("/people/ana/enquiry/").status_code == 404
    assert client.post("/people/ana/enquiry/", {}).status_code == 404


def test_whom_the_press_may_not_ask_for_has_neither_link_nor_form(client: Client, expert: str) -> None:
    link = f'href="{expert}"'
    assert link in client.get("/people/wei/").content.decode()
    StaffProfile.objects.update(is_expert=False)
    assert link not in client.get("/people/wei/").content.decode()
    assert client.get(expert).status_code == 404


# Subjects


def test_there_is_one_press_desk() -> None:
    SubjectFactory.create(is_press=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectFactory.create(is_press=True)


def test_subjects_are_seeded_once_and_an_editors_change_stays() -> None:
    assert contact_seed.load() == len(contact_seed.SUBJECTS)
    Subject.objects.filter(slug="general").update(label="Anything else")
    assert contact_seed.load() == 0
    assert Subject.objects.get(slug="general").label == "Anything else"


# Personal data


def test_everything_about_an_address_is_given_out_and_erased(client: Client, desk: Subject) -> None:
    send(client, "/contact/", email="Mei@Example.org")
    FeedbackFactory.create(email="mei@example.org", liked="Mine.")
    other = EnquiryFactory.create(email="other@example.org", subject=desk)
    found = personal_data.about("MEI@example.org")
    assert [len(found[kind]) for kind in ("enquiries", "feedback", "letters")] == [1, 1, 3]
    assert (found["enquiries"][0]["message"], found["feedback"][0]["liked"]) == ("May I visit?", "Mine.")
    assert personal_data.erase("mei@EXAMPLE.org") == 5
    assert list(Enquiry.objects.all()) == [other]
    assert [(one.rating, one.email, one.liked) for one in Feedback.objects.all()] == [(5, "", "")]
    assert [len(rows) for rows in personal_data.about("mei@example.org").values()] == [0, 0, 0]


@time_machine.travel(NOON, tick=False)
def test_what_has_been_kept_long_enough_is_erased_and_the_rest_stays(caplog: pytest.LogCaptureFixture) -> None:
    def days(number: int) -> datetime:
        return NOON - timedelta(days=number)

    SubjectFactory.create(slug="general")
    subject = Subject.objects.get()
    kept = [
        EnquiryFactory.create(subject=subject, at=days(at), state=state)
        for at, state in ((800, "new"), (729, "answered"), (29, "spam"))
    ]
    for at, state in ((731, "answered"), (731, "closed"), (31, "spam")):
        EnquiryFactory.create(subject=subject, at=days(at), state=state)
    FeedbackFactory.create(at=days(184), email="mei@example.org")
    FeedbackFactory.create(at=days(182), email="mei@example.org")
    assert retention.erase_old() == 4
    assert set(Enquiry.objects.all()) == set(kept)
    assert sorted(Feedback.objects.values_list("email", flat=True)) == ["", "mei@example.org"]
    (line,) = [record for record in caplog.records if record.getMessage() == "old personal data erased"]
    assert vars(line)["facts"] == {"feedback_addresses": 1, "enquiries": 3}
    assert retention.erase_old() == 0
