"""What nobody sends by mistake, to the forms that write to a desk: nothing breaks, leaks, or reaches a header."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contact.models import Enquiry, Feedback
from editorial import pacing
from editorial.models import CallerCount
from mail import letters
from tests.contact.sending import FORMS, filled, send
from tests.factories import PersonFactory, StaffProfileFactory, SubjectFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)
ADDRESSES = list(FORMS)
LINES = {"/contact/": "sender", "/people/wei/enquiry/": "outlet", "/feedback/": "email"}
TEXTS = {"/contact/": "message", "/people/wei/enquiry/": "question", "/feedback/": "liked"}


@pytest.fixture(autouse=True)
def desks(noon: None) -> None:
    SubjectFactory.create(slug="general")
    SubjectFactory.create(slug="media", is_press=True)
    StaffProfileFactory.create(person=PersonFactory.create(slug="wei"), published=True, expert=True)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def texts() -> list[str]:
    return [one.message for one in Enquiry.objects.all()] + [one.liked for one in Feedback.objects.all()]


KEPT_AS_TYPED = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }} {0.__class__} %s %(x)s", "+ADw-script+AD4-",
    "<![CDATA[x]]><!-- x -->", "'; DROP TABLE x; --", "1 UNION SELECT password", "=HYPERLINK(1)", "தமிழ் عربى 中文 😀",
    "a" + "\u0301" * 40, "Words\nin\n\nlines", "\uffff and \u202e",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("text", KEPT_AS_TYPED, ids=lambda text: text[:20])
def test_x4_words_of_every_kind_are_kept_as_typed_and_sent_as_text(client: Client, address: str, text: str) -> None:
    assert send(client, address, **{TEXTS[address]: text}).status_code == 302
    assert texts() == [unicodedata.normalize("NFC", text)]
    letters.send_due()
    assert all(unicodedata.normalize("NFC", text) in letter.body for letter in mail.outbox if letter.reply_to)


REFUSED = ["x\r\nBcc: all@example.org", "x\nSubject: y", "\n", "x" * 100_000, " \u200b "]


@pytest.mark.parametrize("address", ["/contact/", "/people/wei/enquiry/"])
@pytest.mark.parametrize("value", REFUSED, ids=lambda text: repr(text)[:20])
@pytest.mark.parametrize("field", ["sender", "line"])
def test_x4_what_would_make_a_header_is_refused_with_words_and_nothing_typed_is_lost(
    client: Client, address: str, field: str, value: str
) -> None:
    name = LINES[address] if field == "line" else field
    response = send(client, address, **{TEXTS[address]: "Kept words", name: value})
    assert (response.status_code, list(response.context["form"].errors), texts()) == (422, [name], [])
    assert "Kept words" in response.content.decode()
    assert f'href="#{response.context["form"][name].id_for_label}"' in response.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("email", ["mei@example.org\r\nBcc: all@example.org", "mei@example.org%0d%0aBcc:x", "a@x.org,b@x.org", "mei\0@example.org",
                                   "mei\u202e@example.org", "mei@[127.0.0.1]", "<b>mei@example.org", "a" * 65 + "@example.org"])  # fmt: skip
def test_x4_addresses_that_are_several_or_carry_headers_are_refused(client: Client, address: str, email: str) -> None:
    response = send(client, address, email=email)
    assert (response.status_code, list(response.context["form"].errors), texts()) == (422, ["email"], [])


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("bad", ["a\0b", "x" * 100_000])
def test_x4_a_nul_and_a_flood_of_letters_are_refused(client: Client, address: str, bad: str) -> None:
    response = send(client, address, **{TEXTS[address]: bad})
    assert (response.status_code, list(response.context["form"].errors), texts()) == (422, [TEXTS[address]], [])


@pytest.mark.parametrize("value", ["", "nope", "1", "' OR 1=1", "general\0", "x" * 5000])
def test_x4_a_subject_that_is_none_of_ours_is_refused(client: Client, value: str) -> None:
    response = send(client, "/contact/", subject=value)
    assert (response.status_code, list(response.context["form"].errors), texts()) == (422, ["subject"], [])


def test_x4_unknown_fields_are_never_assigned(client: Client) -> None:
    send(
        client,
        "/contact/",
        state="closed",
        assigned_to="1",
        notes="x",
        person="1",
        at="2001-01-01",
        recipients="x@y.org",
    )
    send(client, "/feedback/", at="2001-01-01", release="9", fingerprint="x")
    (enquiry,), (feedback,) = Enquiry.objects.all(), Feedback.objects.all()
    assert (enquiry.state, enquiry.assigned_to, enquiry.notes, enquiry.person, enquiry.at) == (
        "new",
        None,
        "",
        None,
        NOON,
    )
    assert (feedback.at, feedback.release) == (NOON, "")


@pytest.mark.parametrize("address", ADDRESSES)
def test_x4_a_field_given_twice_is_refused(client: Client, address: str) -> None:
    sent = filled(address) | {"email": ["mei@example.org", "other@example.org"]}
    assert (client.post(address, sent).status_code, texts()) == (400, [])


MULTIPART = "multipart/form-data; boundary=x"
BODIES = {
    "10 MB": ("message=" + "a" * 10_000_000, "application/x-www-form-urlencoded", {400, 413}),
    "3,000 fields": ("&".join(f"f{number}=1" for number in range(3000)), "application/x-www-form-urlencoded", {400, 413}),
    "a list": ('{"rating": 5}', "application/json", {400, 403, 422}),
    "no boundary": ("--x\r\n", "multipart/form-data", {400}),
    "nothing after the boundary": ("--x", MULTIPART, {400, 422}),
    "a file where words belong": (
        '--x\r\nContent-Disposition: form-data; name="rating"; filename="../x"\r\n\r\nabc\r\n--x--', MULTIPART, {400, 422}),
    "broken UTF-8": ("message=%ff%fe&sender=%ed%a0%80", "application/x-www-form-urlencoded", {422}),
}  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("kind", BODIES)
def test_x4_broken_and_oversized_bodies_are_refused_with_our_own_words(client: Client, address: str, kind: str) -> None:
    body, content_type, allowed = BODIES[kind]
    response = client.generic("POST", address, body.encode(), content_type)
    assert response.status_code in allowed
    assert (b"| RSIS</title>" in response.content, texts()) == (True, [])


@pytest.mark.parametrize("address", ADDRESSES)
def test_x4_a_refused_body_is_taken_in_so_that_the_answer_arrives(address: str) -> None:
    """A server that hangs up on somebody who is still sending is a broken connection to a browser, and no answer."""
    kind = "application/x-www-form-urlencoded"
    answer = Client(enforce_csrf_checks=True).generic("POST", address, b"a" * 10_000_000, kind)
    assert (answer.status_code, answer.wsgi_request.read()) == (403, b"")


@pytest.mark.parametrize("address", ADDRESSES)
def test_x4_a_form_without_its_token_gets_our_own_page(address: str) -> None:
    response = Client(enforce_csrf_checks=True).post(address, filled(address))
    assert (response.status_code, texts()) == (403, [])
    assert "This form could not be checked" in response.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("bait", [{"website": "https://buy.example"}, {"opened": ""}, {"opened": "forged"}])
def test_x4_the_bait_is_thanked_and_not_kept(client: Client, address: str, bait: dict[str, str]) -> None:
    response = send(client, address, **bait)
    assert (response.status_code, texts(), mail.outbox) == (302, [], [])
    assert "Thank you" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_x4_the_bait_is_met_by_no_eye_ear_or_tab(client: Client, address: str) -> None:
    bait = client.get(address).content.decode().partition('class="bait"')[2].partition("</div>")[0]
    assert ('aria-hidden="true"' in bait, 'tabindex="-1"' in bait, 'autocomplete="off"' in bait) == (True, True, True)


@pytest.mark.parametrize("address", ADDRESSES)
def test_x4_the_sixth_from_one_caller_is_asked_to_wait_and_loses_nothing(client: Client, address: str) -> None:
    answers = [send(client, address, **{TEXTS[address]: f"Thought {number}"}) for number in range(7)]
    assert [one.status_code for one in answers] == [302] * 5 + [429] * 2
    assert 1 <= int(answers[-1]["Retry-After"]) <= 600
    assert ("Thought 6" in answers[-1].content.decode(), len(texts())) == (True, 5)


def test_x4_a_thousand_a_minute_from_one_address_cost_little_and_are_told_when_to_come_back(client: Client) -> None:
    CallerCount.objects.all().delete()
    for _time in range(pacing.TRIED[0].most):
        client.post("/feedback/", {"rating": "9"})
    with CaptureQueriesContext(connection) as statements:
        response = client.post("/feedback/", {"rating": "9"})
    assert (response.status_code, response["Retry-After"]) == (429, "600")
    assert len(statements) <= 2


def test_x4_the_limit_is_that_of_all_processes_together(client: Client) -> None:
    """The count is a row: another process, with a memory of its own, finds it."""
    for number in range(5):
        send(client, "/contact/", message=f"Thought {number}")
    assert send(Client(), "/contact/").status_code == 429


@pytest.mark.django_db(transaction=True)
def test_x4_of_many_that_count_at_the_same_moment_as_many_pass_as_may() -> None:
    began = NOON

    def passes(_number: int) -> bool:
        try:
            return pacing._add("test caller", "somebody", began, 5)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(passes, range(24)))
    assert (sum(found), CallerCount.objects.get().times) == (5, 5)


def test_x4_a_network_and_everyone_have_limits_too(client: Client) -> None:
    def sent(caller: str, number: int) -> int:
        data = filled("/contact/", message=f"From {caller} {number}")
        return int(client.post("/contact/", data, REMOTE_ADDR=caller).status_code)

    found = [sent(f"192.0.2.{caller}", number) for caller in range(1, 8) for number in range(5)]
    assert found == [302] * 30 + [429] * 5
    assert sent("198.51.100.1", 0) == 302  # another network
    CallerCount.objects.filter(purpose="contact sent everyone").update(times=120)
    assert sent("203.0.113.1", 0) == 429


def test_x4_counts_are_forgotten_after_a_day_and_hold_no_address(client: Client) -> None:
    send(client, "/contact/")
    assert {len(one.caller) for one in CallerCount.objects.all()} == {0, 32}
    with time_machine.travel(NOON.replace(day=22), tick=False):
        assert (pacing.purge(), CallerCount.objects.count()) == (4, 0)


def test_x4_no_address_or_word_of_a_reader_stands_in_a_log_line(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    send(client, "/contact/", message="Secret words", sender="Secret Name")
    send(client, "/contact/", email="secret@")
    letters.send_due()
    said = "".join(f"{record.getMessage()} {vars(record).get('facts', '')}" for record in caplog.records)
    assert [word for word in ("Secret", "mei@", "secret@") if word in said] == []
