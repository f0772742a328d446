"""Help us improve: the words and limits that were promised, and what the desk makes of the answers."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from lxml import html
from pytest_django import DjangoAssertNumQueries, Settings

from contact.forms import page_of
from contact.models import Enquiry, Feedback
from rsis import menu_seed, navigation
from tests.contact.sending import send
from tests.factories import EnquiryFactory, FeedbackFactory, UserFactory

pytestmark = pytest.mark.django_db


def stored() -> list[Feedback]:
    return list(Feedback.objects.all())


@pytest.mark.parametrize(
    "words",
    [
        "<h1>Help us improve</h1>", "Rate your experience with this website", "Not satisfied", "Very satisfied",
        "What did you like?", "What can be improved?", "Your email",
    ],
)  # fmt: skip
def test_s42_to_s48_the_form_says_what_it_says_today(client: Client, words: str) -> None:
    assert words in client.get("/feedback/").content.decode()


def test_s44_the_scale_has_six_points(client: Client) -> None:
    page = client.get("/feedback/").content.decode()
    assert [part.partition('"')[0] for part in page.split('name="rating" value="')[1:]] == list("123456")


def test_s46_s47_both_texts_count_to_255(client: Client) -> None:
    page = client.get("/feedback/").content.decode()
    assert page.count("</span>/255 characters") == 2


@pytest.mark.parametrize(("length", "status"), [(255, 302), (256, 422)])
@pytest.mark.parametrize("field", ["liked", "improve"])
@pytest.mark.parametrize("letter", ["a", "中", "😀", "\r\n"])
def test_s46_s47_the_limit_is_kept_in_letters_as_people_count(
    client: Client, field: str, letter: str, length: int, status: int
) -> None:
    text = "a" + letter * (length - 2) + "b"
    response = send(client, "/feedback/", **{field: text})
    assert (response.status_code, len(stored())) == (status, int(status == 302))
    if status == 422:
        page = response.content.decode()
        assert ("Up to 255 characters, please; this is 256." in page, "The notes." in page or "The menu." in page) == (
            True,
            True,
        )


@pytest.mark.parametrize("email", ["mei", "mei@", "mei@example", "a@b@c.org", "mei@example.org\r\nBcc: x@y.org"])
def test_s49_an_address_that_is_none_is_refused_in_these_words(client: Client, email: str) -> None:
    response = send(client, "/feedback/", email=email)
    assert (response.status_code, stored()) == (422, [])
    assert response.context["form"].errors == {"email": ["Please enter a valid email."]}
    assert '<a href="#feedback-email">Your email: Please enter a valid email.</a>' in response.content.decode()


def test_s50_thanks_say_what_they_say_today_and_lead_back(client: Client) -> None:
    response = send(client, "/feedback/")
    assert (response.status_code, response["Location"]) == (302, "/feedback/?sent=1&from=%2Fpeople%2F")
    page = client.get(response["Location"]).content.decode()
    assert ("Thank you for your feedback." in page, 'href="/people/"' in page, "<textarea" in page) == (
        True,
        True,
        False,
    )


def test_only_the_number_is_needed(client: Client, settings: Settings) -> None:
    settings.RELEASE = "2026.3"
    assert send(client, "/feedback/", liked="", improve="", email="", page="").status_code == 302
    assert [(one.rating, one.liked, one.improve, one.email, one.page, one.release) for one in stored()] == [
        (5, "", "", "", "", "2026.3")
    ]


@pytest.mark.parametrize("rating", ["", "0", "7", "-1", "3.5", "٣", "x", "1" * 40])
def test_a_number_off_the_scale_is_refused_and_nothing_typed_is_lost(client: Client, rating: str) -> None:
    response = send(client, "/feedback/", rating=rating)
    assert (response.status_code, stored()) == (422, [])
    page = response.content.decode()
    assert ("Choose a number from 1 to 6." in page, "The notes." in page, "mei@example.org" in page) == (
        True,
        True,
        True,
    )


def test_the_same_words_sent_twice_are_one_and_two_equal_numbers_are_two(client: Client) -> None:
    for _time in range(2):
        send(client, "/feedback/")
        send(client, "/feedback/", liked="", improve="", email="")
    assert sorted(one.liked for one in stored()) == ["", "", "The notes."]


@pytest.mark.parametrize(
    ("given", "page"),
    [
        ("/people/", "/people/"), ("/search/?q=secret", "/search/"), ("/a#b", "/a"), ("//evil.example/", ""), ("/\\evil.example", ""),
        ("https://evil.example/", ""), ("javascript:alert(1)", ""), ("/" + "a" * 300, ""), ("/a\0b", ""), ("/a b", ""),
        ("/preview/key/", ""), ("/admin/", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_page_is_one_of_ours_without_what_was_asked_there(given: str, page: str) -> None:
    assert page_of(given) == page


def test_the_page_a_reader_came_from_is_remembered(client: Client) -> None:
    from_link = client.get("/feedback/?from=/people/").content.decode()
    from_browser = client.get("/feedback/", headers={"referer": "http://testserver/topics/?q=x"}).content.decode()
    from_elsewhere = client.get("/feedback/", headers={"referer": "https://evil.example/x/"}).content.decode()
    assert 'name="page" value="/people/"' in from_link
    assert 'name="page" value="/topics/"' in from_browser
    assert "/x/" not in from_elsewhere


def test_a_forged_page_is_left_out_and_the_words_are_kept(client: Client) -> None:
    assert send(client, "/feedback/", page="https://evil.example/\0").status_code == 302
    assert [(one.page, one.liked) for one in stored()] == [("", "The notes.")]


def test_every_page_leads_to_the_form_which_remembers_the_page(client: Client) -> None:
    """The footer is the same on every page; the browser says which one the reader came from."""
    menu_seed.load()
    navigation.hold()
    assert 'href="/feedback/"' in client.get("/accessibility/").content.decode()
    form = client.get("/feedback/", headers={"referer": "http://testserver/accessibility/"}).content.decode()
    assert 'name="page" value="/accessibility/"' in form


def test_feedback_costs_a_fixed_number_of_statements(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send(client, "/feedback/", liked="Before.")
    with django_assert_num_queries(5):
        send(client, "/feedback/")


# On the desk


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def test_the_board_draws_and_tells_averages_by_month_and_page(editor: Client) -> None:
    for month, rating, page in ((1, 2, "/a/"), (1, 4, "/b/"), (2, 6, "/b/")):
        FeedbackFactory.create(rating=rating, page=page, at=datetime(2026, month, 20, 4, tzinfo=UTC))
    page = editor.get("/admin/contact/feedback/board/").content.decode()
    assert "4.0 of 6 on average, from 3 readers" in page
    assert page.count('<svg class="chart"') == 3
    months = page.partition('id="months"')[2].partition("</section>")[0]
    assert [" ".join(row.split()) for row in ("Jan 2026", "Feb 2026") if f'<th scope="row">{row}</th>' in months] == [
        "Jan 2026", "Feb 2026",
    ]  # fmt: skip
    pages = page.partition('id="pages"')[2]
    assert pages.index('<th scope="row">/a/</th>') < pages.index('<th scope="row">/b/</th>')  # the least liked first
    assert (" style=" in page, "<script>" in page) == (False, False)


def test_an_empty_board_says_so(editor: Client) -> None:
    assert "No reader has said anything yet." in editor.get("/admin/contact/feedback/board/").content.decode()


def test_every_link_that_narrows_the_list_by_release_has_a_name(editor: Client) -> None:
    for release in ("", "2.1"):
        FeedbackFactory.create(release=release)
    page = html.fromstring(editor.get("/admin/contact/feedback/").content.decode())
    names = [link.text_content().strip() for link in page.findall(".//a") if "release" in link.get("href", "")]
    assert names == ["-", "2.1"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_for_one_and_for_three(
    editor: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        FeedbackFactory.create(page=f"/{number}/")
    editor.get("/admin/contact/feedback/board/")
    with django_assert_num_queries(5):
        editor.get("/admin/contact/feedback/board/")


def test_the_table_has_no_address_and_nothing_that_runs_as_a_formula(editor: Client) -> None:
    FeedbackFactory.create(liked="=HYPERLINK(1)", improve=" +1", email="mei@example.org", page="/a/")
    response = editor.get("/admin/contact/feedback/export.csv")
    text = b"".join(response).decode().removeprefix("\ufeff")
    (row,) = csv.DictReader(StringIO(text))
    assert (row["liked"], row["improve"], row["page"], row["rating"]) == ("'=HYPERLINK(1)", "' +1", "/a/", "5")
    assert "mei@example.org" not in text


def test_who_read_what_somebody_wrote_is_noted(editor: Client, caplog: pytest.LogCaptureFixture) -> None:
    enquiry = EnquiryFactory.create(name="<script>alert(1)</script>")
    page = editor.get(f"/admin/contact/enquiry/{enquiry.pk}/change/").content.decode()
    assert "<script>alert(1)" not in page
    assert [str(entry) for entry in LogEntry.objects.values_list("change_message", flat=True)] == ["Read."]
    (line,) = [record for record in caplog.records if record.getMessage() == "personal data read"]
    assert vars(line)["facts"]["row"] == f"contact.enquiry {enquiry.pk}"
    assert "Read." in editor.get(f"/admin/contact/enquiry/{enquiry.pk}/history/").content.decode()


@time_machine.travel(datetime(2026, 3, 20, 4, tzinfo=UTC), tick=False)
def test_the_desk_settles_an_enquiry_and_cannot_rewrite_it(editor: Client) -> None:
    enquiry = EnquiryFactory.create()
    sent = {"state": "answered", "assigned_to": "", "notes": "Rang back.", "message": "Forged.", "email": "x@y.org"}
    assert editor.post(f"/admin/contact/enquiry/{enquiry.pk}/change/", sent).status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.notes, enquiry.message, enquiry.email) == (
        "answered", "Rang back.", "May I visit?", "mei@example.org",
    )  # fmt: skip
    assert enquiry.settled_at == datetime(2026, 3, 20, 4, tzinfo=UTC)


def test_many_enquiries_are_taken_or_put_away_at_once(editor: Client) -> None:
    rows = EnquiryFactory.create_batch(2)
    for action in ("take", "mark_as_spam"):
        sent = {"action": action, "_selected_action": [row.pk for row in rows]}
        assert editor.post("/admin/contact/enquiry/?state__exact=new", sent).status_code == 302
    assert {(one.state, one.assigned_to_id is None) for one in Enquiry.objects.all()} == {("spam", False)}


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_and_for_three(
    editor: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    first = EnquiryFactory.create()
    EnquiryFactory.create_batch(count - 1, subject=first.subject)
    editor.get("/admin/contact/enquiry/?state__exact=new")
    with django_assert_num_queries(STATEMENTS_OF_THE_INBOX):
        editor.get("/admin/contact/enquiry/?state__exact=new")


STATEMENTS_OF_THE_INBOX = 9


def test_the_inbox_opens_on_what_is_new(editor: Client) -> None:
    assert editor.get("/admin/contact/enquiry/")["Location"] == "/admin/contact/enquiry/?state__exact=new"


@pytest.mark.parametrize("path", ["enquiry/", "feedback/", "feedback/board/", "feedback/export.csv", "subject/"])
def test_whoever_has_no_right_to_it_sees_none_of_it(client: Client, path: str) -> None:
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get(f"/admin/contact/{path}?all=1").status_code == 403
