"""What providers and the law of Singapore ask of who writes to many: SND-1, 2, 4, 6 and 8, SG-2, 4 and 5, BNC-3."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from mail.models import Letter
from subscriptions import announcing, barring, bounces, consents, links, sender_check, wishes
from subscriptions.models import Bounce, ConsentRecord, Delivery, Notification, Subscriber
from subscriptions.parcels import address_back
from subscriptions.sending import send_due
from tests.smtp_sink import Sink
from tests.subscriptions.mailing_stand import announced, bulk_sink, fates, piece, reader
from tests.subscriptions.signing import letters_to, sign_up, subscribed

pytestmark = pytest.mark.django_db

SERVER = {"host": "mail.example.org", "use_tls": True}


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with bulk_sink(settings) as found:
        yield found


@pytest.fixture
def ready(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A sender that providers take mail from; the records of its domain, to be changed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(encoded)
    settings.DKIM_KEY_FILE, settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = (
        str(tmp_path / "key.pem"),
        "rsis",
        "example.org",
    )
    settings.BULK_RETURN_DOMAIN, settings.MAIL_FROM = "bounces.example.org", "RSIS <rsis@example.org>"
    settings.BULK_FROM, settings.BULK_REPLY_TO = "RSIS <news@news.example.org>", "RSIS <rsis@example.org>"
    smtp = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": SERVER}
    settings.MAILERS = {"default": smtp, "bulk": smtp}
    records = {
        "bounces.example.org": ["v=spf1 mx -all"],
        "rsis._domainkey.example.org": [sender_check.public_record()],
        "_dmarc.news.example.org": ["v=DMARC1; p=none"],
    }
    monkeypatch.setattr(sender_check, "records", lambda name: records.get(name, []))
    monkeypatch.setattr(
        sender_check, "of_reverse", lambda: sender_check.Finding(sender_check.GOOD, "Reverse DNS", "both ways")
    )
    return records


def standing() -> dict[str, str]:
    return {one.about: one.standing for one in sender_check.everything()}


def test_snd_1_a_sender_with_all_records_is_ready(ready: dict[str, list[str]]) -> None:
    said = StringIO()
    call_command("check_sender", stdout=said)
    assert standing() == dict.fromkeys(("Sender", "Mail server", "SPF", "DKIM", "DMARC", "Reverse DNS"), "good")
    assert said.getvalue().count("good") == 6


@pytest.mark.parametrize(
    ("name", "about"),
    [("bounces.example.org", "SPF"), ("rsis._domainkey.example.org", "DKIM"), ("_dmarc.news.example.org", "DMARC")],
)
def test_snd_1_a_missing_record_is_said_with_what_to_write(ready: dict[str, list[str]], name: str, about: str) -> None:
    ready[name] = ["v=another"]
    said, complaint = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("check_sender", stdout=said, stderr=complaint)
    assert [key for key, value in standing().items() if value == "missing"] == [about]
    assert (name in said.getvalue(), "Not ready" in complaint.getvalue()) == (True, True)


def test_snd_1_without_a_name_server_it_says_so_and_claims_nothing(
    ready: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(name: str) -> list[str]:
        raise sender_check.NoAnswer

    monkeypatch.setattr(sender_check, "records", silent)
    assert [key for key, value in standing().items() if value == "unknown"] == ["SPF", "DKIM", "DMARC"]


@pytest.mark.parametrize("wrong", ["one address for all", "no key"])
def test_snd_1_a_mailing_does_not_begin_while_the_sender_is_not_right(
    ready: dict[str, list[str]], settings: Settings, wrong: str
) -> None:
    reader()
    held = announced(piece())
    assert held.state == Notification.State.EXPANDING or held.deliveries.count() == 1
    Delivery.objects.all().delete()
    if wrong == "no key":
        settings.DKIM_KEY_FILE = "/none.pem"
    else:
        settings.BULK_FROM = settings.MAIL_FROM
    second = announced(piece())
    assert (second.state, bool(second.stopped_because), Delivery.objects.count()) == (
        Notification.State.STOPPED,
        True,
        0,
    )
    settings.DKIM_KEY_FILE, settings.BULK_FROM = "", "RSIS <news@news.example.org>"
    announcing.go_on(second)
    announcing.work()
    assert Delivery.objects.count() == 1


def test_snd_2_a_way_to_the_server_that_is_not_encrypted_is_missing_and_reverse_dns_is_asked(
    ready: dict[str, list[str]], settings: Settings
) -> None:
    settings.MAILERS = {"bulk": settings.MAILERS["bulk"] | {"OPTIONS": SERVER | {"use_tls": False}}}
    assert {key: value for key, value in standing().items() if key in {"Mail server", "Reverse DNS"}} == {
        "Mail server": "missing", "Reverse DNS": "good",
    }  # fmt: skip


def test_snd_4_sg_2_a_wish_to_leave_is_honoured_in_the_same_second_by_every_way(client: Client, sink: Sink) -> None:
    """The law allows ten business days, providers two days."""
    with time_machine.travel("2026-03-20 10:00+08:00", tick=False) as clock:
        for name in ("click", "page", "mail", "staff"):
            reader(f"{name}@example.org")
        held = announced()
        mine = {one.key.partition("@")[0]: one for one in Subscriber.objects.all()}
        path = "/" + links.unsubscribe_url(mine["click"], "publications").partition("//")[2].partition("/")[2]
        client.post(path, {"List-Unsubscribe": "One-Click"})
        wishes.leave_all(mine["page"], "page of leaving")
        wishes.leave_all(mine["staff"], "staff")
        row = held.deliveries.get(subscriber=mine["mail"])
        bounces.read(f"From: mail@example.org\nTo: {address_back('leave', row.pk)}\nSubject: x\n\n".encode())
        now = timezone.now()
        clock.shift(timedelta(seconds=1))
        send_due()
    assert set(ConsentRecord.objects.filter(step="withdrawn").values_list("at", flat=True)) == {now}
    assert (set(fates(held).values()), sink.taken) == ({"skipped"}, [])


def test_snd_6_who_it_comes_from_and_where_answers_go_are_addresses_that_are_read(
    sink: Sink, settings: Settings
) -> None:
    reader()
    announced()
    send_due()
    [letter] = sink.messages
    assert (str(letter["From"]), str(letter["Reply-To"])) == (settings.BULK_FROM, settings.BULK_REPLY_TO)
    assert settings.BULK_REPLY_TO == settings.MAIL_FROM  # unless said otherwise: the address of the letters
    assert [
        words for words in ("noreply", "no-reply", "donotreply") if words in f"{letter['From']}{letter['Reply-To']}"
    ] == []


def test_snd_8_letters_of_the_sign_up_say_that_a_program_wrote_them(client: Client) -> None:
    sign_up(client)
    [letter] = letters_to()
    assert letter.message().message()["Auto-Submitted"] == "auto-generated"


def test_sg_4_letters_are_no_advertising_and_go_only_to_who_asked(client: Client, sink: Sink) -> None:
    """More than a hundred alike in a day are "bulk" by the Act: all of them go to people who confirmed."""
    for number in range(3):
        reader(f"r{number}@example.org")
        reader(f"u{number}@example.org", state="unconfirmed", confirmed_at=None)
    announced()
    send_due()
    assert sorted(to for to, _data in sink.taken) == [f"r{number}@example.org" for number in range(3)]
    assert [str(one["Subject"]).startswith("<ADV>") for one in sink.messages] == [False] * 3


def test_sg_5_consent_has_purpose_time_and_wording_and_withdrawal_and_access_have_a_screen_and_a_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.subscriptions.test_desk import SEARCH, desk_of, screen  # noqa: PLC0415 -- of this test alone

    mei = subscribed(client)
    desk = desk_of("Administrators")
    page = desk.get(screen(mei)).text
    for one in mei.consents.all():
        assert [one.purpose in page, one.wording in page, f"{timezone.localtime(one.at):%H:%M:%S}" in page] == [
            True
        ] * 3
    assert str(consents.WORDINGS[consents.CURRENT]) in page
    desk.post(screen(mei), {"wish": "all"})
    desk.post(f"{SEARCH}data/", {"address": mei.email})
    said = [one.getMessage() for one in caplog.records]
    assert [said.count(words) for words in ("list left", "all of an address given out")] == [1, 1]
    assert mei.consents.filter(step="withdrawn").values_list("source", flat=True).get() == "staff"


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_bnc_3_a_refusal_while_it_is_handed_over_stands_in_the_same_ledger(sink: Sink, stage: str) -> None:
    reader("gone@example.org")
    reader("here@example.org")
    sink.behave("gone@example.org", stage, "550 5.1.1 No such user")
    held = announced()
    send_due()
    row = held.deliveries.get(subscriber__key="gone@example.org")
    assert Bounce.objects.values_list("delivery", "kind", "status").get() == (row.pk, "hard", "5.1.1")
    assert "No such user" in Bounce.objects.get().raw
    barred = barring.find("gone@example.org")
    assert (barred and barred.cause, barring.find("here@example.org")) == ("hard", None)
    later = timezone.now() + timedelta(days=1)
    with time_machine.travel(later):
        assert [one.key for one in Subscriber.objects.filter(deliveries__notification=announced())] == [
            "here@example.org"
        ]


def test_snd_8_no_letter_of_the_sign_up_goes_by_the_bulk_sender(client: Client) -> None:
    subscribed(client)
    assert Letter.objects.count() == 1
    assert Delivery.objects.count() == 0
