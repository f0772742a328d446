"""Mailings over a real SMTP conversation: what a letter is made of, who still gets it, and what becomes of it."""

import base64
import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from editorial import publishing
from mail import leaving
from mail.line import Line, Outcome
from mail.models import Outgoing
from subscriptions import announcing, barring, composing, dkim, links, sending
from subscriptions.models import Bounce, Delivery, Notification, Subscriber
from subscriptions.parcels import address_back, delivery_key, message_key
from tests.factories import PersonFactory, TopicFactory
from tests.mail.test_sending import killable_worker, wait_for
from tests.smtp_sink import Sink
from tests.subscriptions.mailing_stand import announced, bulk_sink, fates, piece, reader

pytestmark = pytest.mark.django_db
State = Outgoing.State


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with bulk_sink(settings) as found:
        yield found


def sent(sink: Sink) -> EmailMessage:
    sending.send_due()
    (message,) = sink.messages
    return message


def test_uns_1_2_14_each_letter_offers_one_click_and_a_mailed_wish_without_blanks(sink: Sink) -> None:
    mei = reader("mei@example.org", "/topics/maritime/")
    held = announced(piece(topics=[TopicFactory.create(slug="maritime")]))
    message = sent(sink)
    row = held.deliveries.get()
    (given,) = message.get_all("List-Unsubscribe")
    assert given == (
        f"<{links.unsubscribe_url(mei, '/topics/maritime/')}>, <mailto:{address_back('leave', row.pk)}?subject=unsubscribe>"
    )
    assert message.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]


def test_uns_13_snd_8_the_list_names_itself_and_no_letter_calls_itself_automatic(sink: Sink) -> None:
    reader()
    held = announced()
    message = sent(sink)
    names = ("List-Id", "List-Post", "List-Help", "List-Owner", "List-Archive")
    assert [len(message.get_all(name)) for name in names] == [1] * 5
    assert message["List-Id"] == f"RSIS mailings <mailings.{site.MAIL_DOMAIN}>"
    assert message["List-Archive"] == f"<{site.SITE_URL}/subscriptions/mailings/{held.pk}/>"
    assert [message[name] for name in ("Auto-Submitted", "Precedence", "Feedback-ID")] == [None] * 3


def parts_of(message: EmailMessage) -> dict[str, str]:
    return {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}


def test_uns_15_sg_1_both_forms_hold_the_way_out_in_words_the_reason_and_the_postal_line(sink: Sink) -> None:
    mei = reader()
    held = announced()
    parts = parts_of(sent(sink))
    row = held.deliveries.get()
    for kind in ("text/plain", "text/html"):
        words = " ".join(parts[kind].split())
        wanted = (
            links.unsubscribe_url(mei, "publications"), links.manage_url(mei), address_back("leave", row.pk),
            "You get this because you follow List publications.", "50 Nanyang Avenue",
        )  # fmt: skip
        assert [one for one in wanted if one not in words] == [], kind


def test_snd_5_the_form_is_that_of_rfc_5322_whatever_the_title_and_the_names(sink: Sink) -> None:
    reader()
    title = "海上安全与东盟 " * 8 + "الأمن البحري = 100 % “quoted” <b> & \ue000leave\ue001 " + "long " * 20
    announced(
        piece(
            title=title[:290], authors=[PersonFactory.create(name="林美 Lim Mei"), PersonFactory.create(name="நளினி")]
        )
    )
    message = sent(sink)
    assert [len(message.get_all(name)) for name in ("From", "To", "Date", "Message-ID", "Subject", "Reply-To")] == [
        1
    ] * 6
    raw = sink.taken[0][1]
    assert (
        max(len(line) for line in raw.split(b"\r\n")) <= 998,
        raw.isascii(),
        b"\n" in raw.replace(b"\r\n", b""),
    ) == (True, True, False)
    assert max(len(line) for line in raw.partition(b"\r\n\r\n")[2].split(b"\r\n")) <= 78
    assert message["Subject"] == " ".join(title[:290].replace("\ue000", "").replace("\ue001", "").split())
    parts = parts_of(message)
    assert ["林美 Lim Mei, நளினி" in " ".join(parts[kind].split()) for kind in parts] == [True, True]
    assert "<b>" not in parts["text/html"]
    assert message.defects == []


def test_snd_7_bulk_mail_has_a_sender_of_its_own_and_comes_back_sealed(sink: Sink) -> None:
    reader()
    held = announced()
    message = sent(sink)
    row = held.deliveries.get()
    assert (message["From"], site.BULK_FROM != site.MAIL_FROM) == (site.BULK_FROM, True)
    back = address_back("bounces", row.pk)
    assert (delivery_key("bounces", back), message_key(message["Message-ID"])) == (row.pk, row.pk)
    wrong = back.replace("+", "+1", 1)
    assert [delivery_key("bounces", wrong), delivery_key("leave", back), delivery_key("bounces", "bounces+x-@h")] == [
        None
    ] * 3


def test_f32_what_comes_back_is_known_after_a_change_of_keys(settings: Settings) -> None:
    old = address_back("bounces", 7)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 4
    assert delivery_key("bounces", old) == 7


def test_s8_a_digest_of_sixty_pieces_stays_below_what_gmail_cuts_and_loads_nothing() -> None:
    pieces = [
        piece(title="A title of some length " * 6, synopsis="Words that say what it is about. " * 40)
        for _number in range(60)
    ]
    html = composing.of_items("New", pieces, is_digest=True, web_copy="https://localhost/").html()
    assert (len(html.encode()) < 102_400, "<img" in html, "url(" in html) == (True, False, False)


@pytest.mark.parametrize("how", ["barred", "paused", "erased consent"])
def test_the_wish_is_asked_again_at_the_moment_of_sending(sink: Sink, how: str) -> None:
    one = reader()
    held = announced()
    if how == "barred":
        barring.bar(one.email, "complaint", "", one)
    else:
        changes = {"paused_until": timezone.localdate() + timedelta(days=7)} if how == "paused" else {"state": "left"}
        Subscriber.objects.update(**changes)
    sending.send_due()
    assert (fates(held), sink.taken) == ({one.email: State.SKIPPED}, [])


def test_j23_stopped_on_the_way_nothing_more_leaves_and_the_rest_goes_later(sink: Sink) -> None:
    for number in range(6):
        reader(f"r{number}@example.org")
    held = announced()
    sending.Deliveries().send_due(limit=2)
    announcing.stop(held, "Stopped by mei")
    sending.send_due()
    assert len(sink.taken) == 2
    assert announcing.go_on(held) == 4
    announcing.work()
    sending.send_due()
    announcing.work()
    held.refresh_from_db()
    assert (len(sink.taken), held.state, set(fates(held).values())) == (6, Notification.State.DONE, {State.SENT})
    assert set(Counter(to for to, _data in sink.taken).values()) == {1}


def test_withdrawn_on_the_way_it_stops(sink: Sink) -> None:
    reader()
    one = piece()
    held = announced(one)
    publishing.withdraw(one, "An error in the figures.", None)
    sending.send_due()
    announcing.work()
    held.refresh_from_db()
    assert (held.state, sink.taken) == (Notification.State.STOPPED, [])


def test_s5_f3_f5_f6_every_fate_is_written_down_and_they_add_up(sink: Sink) -> None:
    for name in ("fine", "gone", "later", "lost"):
        reader(f"{name}@example.org")
    sink.behave("gone@example.org", "rcpt", "550 5.1.1 No such person")
    sink.behave("later@example.org", "data", "451 4.3.0 Try again", times=1)
    sink.behave("lost@example.org", "lose")
    held = announced()
    sending.send_due()
    assert fates(held) == {
        "fine@example.org": State.SENT, "gone@example.org": State.FAILED, "later@example.org": State.DUE,
        "lost@example.org": State.UNCERTAIN,
    }  # fmt: skip
    assert sorted(Bounce.objects.values_list("kind", "status")) == [("hard", "5.1.1"), ("soft", "4.3.0")]
    Delivery.objects.filter(state=State.DUE).update(due_at=timezone.now())
    sending.send_due()
    assert (fates(held)["later@example.org"], sink.to("later@example.org"), sink.to("lost@example.org")) == (
        State.SENT,
        1,
        1,
    )


def test_snd_9_no_more_than_so_many_a_minute_go_to_one_host(sink: Sink, settings: Settings) -> None:
    settings.BULK_A_MINUTE = 3
    for number in range(6):
        reader(f"r{number}@big.example")
    reader("mei@small.example")
    announced()
    for _turn in range(3):
        sending.send_due()
    assert Counter(to.partition("@")[2] for to, _data in sink.taken) == {"big.example": 3, "small.example": 1}
    Delivery.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
    sending.send_due()
    assert len(sink.taken) == 7


def test_letters_cost_as_many_statements_however_many_a_batch_holds(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "FRESH", 10)  # so that all of them are one batch on any machine
    monkeypatch.setattr(sending, "LOOK_EVERY", 10)
    costs: list[tuple[int, int]] = []
    for more in (3, 0, 6):
        for number in range(more):
            reader(f"n{len(costs)}-{number}@example.org")
        announced()
        with CaptureQueriesContext(connection) as found:
            costs.append((sending.send_due(), len(found)))
    cost = costs[1][1]
    assert costs[1:] == [(3, cost), (9, cost)]


def test_f8_while_one_connection_hangs_the_others_go_on(sink: Sink, settings: Settings) -> None:
    settings.BULK_CONNECTIONS = 3
    settings.MAILERS = {
        "bulk": settings.MAILERS["bulk"] | {"OPTIONS": settings.MAILERS["bulk"]["OPTIONS"] | {"timeout": 1}}
    }
    sink.behave("r0@example.org", "hang")
    for number in range(60):
        reader(f"r{number}@example.org")
    held = announced()
    sending.send_due()
    assert Counter(fates(held).values()) == {State.SENT: 59, State.UNCERTAIN: 1}
    assert (fates(held)["r0@example.org"], sink.connections) == (
        State.UNCERTAIN,
        4,
    )  # once more, for the letter announced behind it
    assert set(Counter(to for to, _data in sink.taken).values()) == {1}


def test_f7_a_server_that_takes_fewer_connections_than_we_have_is_sent_to_over_those(
    sink: Sink, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BULK_CONNECTIONS = 3
    open_one = Line.open

    def only_one(line: Line) -> Outcome | None:
        is_too_many = sink.connections and not line.socket
        return Outcome(State.DUE, "421 Too many connections", is_of_server=True) if is_too_many else open_one(line)

    monkeypatch.setattr(Line, "open", only_one)
    for number in range(12):
        reader(f"r{number}@example.org")
    held = announced()
    sending.send_due()
    assert (Counter(fates(held).values()), sink.connections) == ({State.SENT: 12}, 1)


@pytest.fixture
def key(settings: Settings, tmp_path: Path) -> rsa.RSAPrivateKey:
    made = rsa.generate_private_key(65537, 2048)
    file = tmp_path / "dkim.pem"
    file.write_bytes(
        made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    settings.DKIM_KEY_FILE, settings.DKIM_DOMAIN, settings.DKIM_SELECTOR = str(file), "example.org", "rsis"
    return made


def test_uns_3_a_valid_signature_covers_both_headers_of_leaving(sink: Sink, key: rsa.RSAPrivateKey) -> None:
    reader()
    announced()
    sending.send_due()
    head, _gap, body = sink.taken[0][1].partition(b"\r\n\r\n")
    fields = dkim.fields_of(head)
    value = dict(fields)["dkim-signature"].decode()
    tags = {name.strip(): text.replace(" ", "") for name, text in (one.split("=", 1) for one in value.split(";"))}
    names = tags["h"].split(":")
    assert {"list-unsubscribe", "list-unsubscribe-post", "from", "to", "subject"} <= set(names)
    assert tags["bh"] == base64.b64encode(hashlib.sha256(dkim.relaxed_body(body)).digest()).decode()
    given: dict[str, list[bytes]] = {}
    for name, text in fields:
        given.setdefault(name, []).append(text)
    signed = b"".join(name.encode() + b":" + given[name].pop() + b"\r\n" for name in names if given.get(name))
    unsigned = re.sub(r"b=[^;=]*=*$", "b=", value).encode()
    key.public_key().verify(
        base64.b64decode(tags["b"]), signed + b"dkim-signature:" + unsigned, padding.PKCS1v15(), hashes.SHA256()
    )


def test_the_public_copy_shows_the_words_and_nobody(client: Client) -> None:
    one = reader("mei@secret.example")
    published = piece(title="Two navies in one strait", synopsis="What they did there.")
    held = announced(published)
    page = client.get(f"/subscriptions/mailings/{held.pk}/")
    assert (page.status_code, "Two navies in one strait" in page.text) == (200, True)
    assert [word in page.text for word in (one.email, one.mark.hex, "unsubscribe/", "List publications")] == [False] * 4
    publishing.withdraw(published, "An error in the figures.", None)
    page = client.get(f"/subscriptions/mailings/{held.pk}/")
    assert (page.status_code, "An error in the figures." in page.text, published.synopsis in page.text) == (
        200,
        True,
        False,
    )


def test_before_it_goes_out_there_is_no_public_copy(client: Client) -> None:
    held = announcing.wish(piece(), None)
    assert client.get(f"/subscriptions/mailings/{held.pk}/").status_code == 404


KILLED = """
import django
django.setup()
from subscriptions import announcing, sending
print("ready", flush=True)
while True:
    announcing.work()
    sending.Deliveries().send_due(limit=20)
"""


mailing_worker = partial(killable_worker, program=KILLED)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s1_s2_s3_f1_two_workers_killed_at_any_moment_leave_nobody_out_and_write_to_nobody_twice(
    sink: Sink, settings: Settings
) -> None:
    everyone = [f"r{number}@example.org" for number in range(150)]
    for to in everyone:
        reader(to)
    announcing.wish(piece(), None)
    Notification.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    port, kills, chance = settings.MAILERS["bulk"]["OPTIONS"]["port"], 0, random.Random(11)
    open_rows = Delivery.objects.filter(state__in=announcing.OPEN)
    is_begun = Notification.objects.filter(state=Notification.State.EXPANDING)
    while not sink.taken or open_rows.exists() or is_begun.exists():
        with mailing_worker(port) as first, mailing_worker(port) as second:
            wanted = len(sink.taken) + min(chance.randint(10, 40), 150 - len(sink.taken))
            wait_for(lambda wanted=wanted: len(sink.taken) >= wanted or not open_rows.exists())  # type: ignore[misc]
            first()
            second()
        kills += 2
        sending.Deliveries().take_over()
    came = Counter(to for to, _data in sink.taken)
    uncertain = set(Delivery.objects.filter(state=State.UNCERTAIN).values_list("subscriber__email", flat=True))
    assert [to for to, times in came.items() if times != 1] == []
    assert (set(everyone) - set(came) - uncertain, set(came) - set(everyone)) == (set(), set())
    assert (len(uncertain) <= kills, Delivery.objects.filter(state=State.SENT).count() + len(uncertain)) == (True, 150)


def test_each_attempt_is_the_same_bytes(sink: Sink) -> None:
    reader()
    held = announced()
    sending.send_due()
    Delivery.objects.update(state=State.DUE, due_at=timezone.now(), claim="")
    sending.send_due()
    assert held.deliveries.count() == 1
    assert sink.taken[0] == sink.taken[1]
