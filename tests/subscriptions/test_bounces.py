"""What comes back: read by its fields, mapped by its seal, judged by one rule, visible and reversible."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from subscriptions import bounces, links
from subscriptions.models import Bounce, ConsentRecord, Delivery, Notification, Subscriber, Suppression
from subscriptions.parcels import address_back, message_id
from tests.factories import UserFactory
from tests.subscriptions.mailing_stand import announced, piece, reader

pytestmark = pytest.mark.django_db


def delivery(to: str = "mei@example.org") -> Delivery:
    """Handed over an hour ago."""
    if not Subscriber.objects.filter(email=to).exists():
        reader(to)
    row = announced(piece()).deliveries.get(subscriber__email=to)
    Delivery.objects.filter(pk=row.pk).update(state="sent", due_at=None, sent_at=timezone.now() - timedelta(hours=1))
    return row


def report(row: Delivery, status: str, action: str = "failed", to: str = "", **more: str) -> bytes:
    """RFC 3464, as a mail server of the other side writes it."""
    extra = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in more.items())
    return f"""From: MAILER-DAEMON@mx.example.org
To: {to or address_back("bounces", row.pk)}
Subject: Delivery report
{extra}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

Dear sender, all is well, your account is 5.0.0 in order, 2.0.0.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {row.subscriber.email}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 <{status}> words of the server

--part
Content-Type: text/rfc822-headers

Message-ID: {message_id(row.pk)}
Subject: News

--part--
""".encode()


def barred() -> list[str]:
    return sorted(Suppression.objects.filter(lifted_at__isnull=True).values_list("cause", flat=True))


def test_bnc_1_2_4_refused_for_good_it_is_suppressed_after_one() -> None:
    row = delivery()
    assert bounces.read(report(row, "5.1.1")) == bounces.Verdict("hard", row.pk)
    found = Suppression.objects.get()
    assert (found.cause, found.subscriber, "Status: 5.1.1" in found.raw) == ("hard", row.subscriber, True)


def test_bnc_2_without_the_sealed_address_the_number_of_our_message_names_the_delivery() -> None:
    row = delivery()
    assert bounces.read(report(row, "5.1.1", to="rsis@example.org")) == bounces.Verdict("hard", row.pk)


def test_a_report_read_twice_counts_once() -> None:
    row = delivery()
    words = [bounces.read(report(row, "5.1.1")).word for _time in range(2)]
    assert (words, Bounce.objects.count()) == (["hard", "known"], 1)


def test_a_forged_report_bars_nobody() -> None:
    row = delivery()
    seal = address_back("bounces", row.pk)
    forged = report(row, "5.1.1", to=seal.replace("-", "-0", 1)).replace(message_id(row.pk).encode(), b"<1.0@x>")
    assert (bounces.read(forged).word, barred()) == ("unknown", [])


@pytest.mark.parametrize(("status", "action"), [("2.0.0", "delivered"), ("2.1.5", "relayed"), ("4.0.0", "expanded")])
def test_bnc_1_what_arrived_is_no_bounce(status: str, action: str) -> None:
    assert (bounces.read(report(delivery(), status, action)).word, Bounce.objects.count()) == ("no failure", 0)


@pytest.mark.parametrize("status", ["5.7.1", "5.7.515", "5.2.2", "5.3.4", "5.6.0"])
def test_a_refusal_of_our_mail_or_of_a_full_box_does_not_bar_the_address_at_once(status: str) -> None:
    assert (bounces.read(report(delivery(), status)).word, barred()) == ("soft", [])


def softly(times: int, days: float, clock: TimeMachineFixture) -> None:
    reader()
    for _number in range(times):
        bounces.read(report(delivery(), "4.2.2"))
        clock.shift(timedelta(days=days))


def test_bnc_4_refused_for_now_five_times_over_a_fortnight_it_is_suppressed(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2026-11-02 09:00Z", tick=False)
    softly(4, 3.6, time_machine)
    assert barred() == []
    bounces.read(report(delivery(), "4.2.2"))
    assert barred() == ["soft"]


def test_bnc_4_five_within_a_week_are_one_bad_week(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2026-11-02 09:00Z", tick=False)
    softly(6, 1, time_machine)
    assert barred() == []


def test_bnc_4_a_letter_that_stayed_begins_the_count_anew(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2026-11-02 09:00Z", tick=False)
    softly(3, 3.6, time_machine)
    delivery()
    time_machine.shift(timedelta(days=3))
    for _number in range(3):
        bounces.read(report(delivery(), "4.2.2"))
        time_machine.shift(timedelta(days=3.6))
    assert barred() == []


def complaint(row: Delivery) -> bytes:
    """RFC 5965."""
    return f"""From: feedback@provider.example
To: rsis@example.org
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain

This is an email abuse report.

--part
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--part
Content-Type: message/rfc822

Message-ID: {message_id(row.pk)}
Subject: News

Words.
--part--
""".encode()


def test_bnc_4_a_complaint_bars_at_once() -> None:
    row = delivery()
    assert (bounces.read(complaint(row)), barred()) == (bounces.Verdict("complaint", row.pk), ["complaint"])


def test_snd_3_a_mailing_that_three_of_a_thousand_call_unwanted_stops_by_itself() -> None:
    for number in range(5):
        reader(f"r{number}@example.org")
    held = announced()
    rows = list(held.deliveries.order_by("pk"))
    Delivery.objects.filter(pk__in=[row.pk for row in rows[:4]]).update(
        state="sent", sent_at=timezone.now(), due_at=None
    )
    for row in rows[:2]:
        bounces.read(complaint(row))
    held.refresh_from_db()
    assert held.state == Notification.State.SENDING
    bounces.read(complaint(rows[2]))
    held.refresh_from_db()
    assert (held.state, held.stopped_because) == (
        Notification.State.STOPPED, "Too many complaints: 3 of 1,000 readers or more.",
    )  # fmt: skip


def test_p4_somebody_on_holiday_is_no_bounce_and_stays() -> None:
    row = delivery()
    away = (
        f"From: mei@example.org\nTo: {address_back('bounces', row.pk)}\nAuto-Submitted: auto-replied\n"
        "Subject: Out of office 5.1.1\n\nI am away until 5.1.1. 550 No such person.\n"
    ).encode()
    assert (bounces.read(away).word, Bounce.objects.count(), barred()) == ("automatic", 0, [])


def test_uns_16_a_mailed_wish_to_leave_is_honoured_at_once_and_leaves_one_list() -> None:
    one = reader("mei@example.org", "publications", "/search/?q=strait")
    row = delivery()
    wish = f"From: somebody@else.example\nTo: <{address_back('leave', row.pk)}>\nSubject: unsubscribe\n\n".encode()
    assert bounces.read(wish) == bounces.Verdict("left", row.pk)
    assert sorted(one.subscriptions.values_list("target", "is_active")) == [
        ("/search/?q=strait", True),
        ("publications", False),
    ]
    assert ConsentRecord.objects.get(step="withdrawn").source == "mailed wish"
    assert bounces.read(wish) == bounces.Verdict("left", row.pk)
    assert links.scope_of("publications") != links.scope_of("")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0" * 100, b"\xff\xfe broken", b"Content-Type: multipart/report\n\n--x", b"To: bounces+9-0@h\n\nx",
        b"Content-Type: message/delivery-status\n\nStatus: 5.1.1\n\n", b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 5000,
    ],
)  # fmt: skip
def test_rubbish_is_read_without_an_error_and_changes_nothing(data: bytes) -> None:
    delivery()
    assert bounces.read(data).word in {"other", "unknown", "unreadable"}
    assert (Bounce.objects.count(), barred()) == (0, [])


def test_an_mbox_is_read_from_a_file_and_says_what_it_held(tmp_path: Path) -> None:
    one, two = delivery("a@example.org"), delivery("b@example.org")
    file = tmp_path / "mbox"
    file.write_bytes(
        b"".join(
            b"From x Thu Nov 26 09:00:00 2026\n" + data + b"\n" for data in (report(one, "5.1.1"), report(two, "4.2.2"))
        )
    )
    out = StringIO()
    call_command("read_bounces", str(file), stdout=out)
    assert (out.getvalue().strip(), barred()) == ("hard: 1, soft: 1", ["hard"])


def test_bnc_5_a_suppression_shows_why_and_is_lifted_with_a_note(client: Client) -> None:
    row = delivery()
    bounces.read(report(row, "5.1.1"))
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    address = f"/admin/subscriptions/suppression/{Suppression.objects.get().pk}/change/"
    page = client.get(address)
    assert (page.status_code, "Status: 5.1.1" in page.text) == (200, True)
    client.post(address, {"lifted_note": ""})
    assert barred() == ["hard"]
    client.post(address, {"lifted_note": "She wrote that the box works again."})
    assert barred() == []
    assert "mei@example.org" in [one.email for one in Subscriber.objects.filter(suppressions__lifted_at__isnull=False)]
    assert announced(piece()).deliveries.count() == 1
