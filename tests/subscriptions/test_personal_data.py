"""The duties of the PDPA and the Spam Control Act, row by row: consent, withdrawal, access, erasure, retention, protection,
breach, mail. And F30: whoever was erased stays erased when a backup from before it comes back."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core import serializers
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from contact.models import Enquiry
from editorial.models import User
from events.models import Registration
from mail.models import Letter
from publications.models import ReaderResponse
from rsis.management.commands.worker import DUTIES
from subscriptions import announcing, barring, consents, links, personal_data, retention, wishes
from subscriptions.models import (
    ConsentRecord,
    Delivery,
    Erasure,
    Forgotten,
    Notification,
    Subscriber,
    Subscription,
    Suppression,
    Tally,
)
from subscriptions.sending import send_due
from tests.event_factories import RegistrationFactory
from tests.factories import EnquiryFactory, FeedbackFactory, ReaderResponseFactory, UserFactory
from tests.smtp_sink import Sink
from tests.subscriptions.mailing_stand import announced, bulk_sink, piece, reader
from tests.subscriptions.signing import letters_to, link_of, sign_up, subscribed
from tests.subscriptions.test_desk import SEARCH, desk_of, screen, table

pytestmark = pytest.mark.django_db

MEI = "mei@example.org"


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with bulk_sink(settings) as found:
        yield found


@pytest.fixture
def desk() -> Client:
    return desk_of("Administrators")


def everything_of_mei(client: Client) -> Subscriber:
    """A row of every kind that can hold an address, and her name where there is one."""
    mei = subscribed(client)
    reader("other@example.org", wanted_email="Mei@example.org", wanted_at=timezone.now())
    held = announced(piece())
    held.deliveries.filter(subscriber=mei).update(state="failed", due_at=None, reply=f"550 <{MEI}> is unknown")
    RegistrationFactory.create(name="Mei Lin Ong", email="Mei@example.org", needs="No nuts")
    RegistrationFactory.create(name="Ben", email="ben@example.org")
    EnquiryFactory.create(name="Mei Lin Ong", email=MEI, message="May I visit?")
    FeedbackFactory.create(email="MEI@example.org", liked="Written by Mei Lin Ong", improve="")
    ReaderResponseFactory.create(name="Mei Lin Ong", email=MEI, text="I disagree.")
    Letter.objects.create(
        key="to a desk", to_address="desk@example.org", reply_to=MEI, subject="Enquiry", text="Mei Lin Ong asks"
    )
    barring.bar(MEI, Suppression.Cause.HARD, f"550 5.1.1 <{MEI}>", mei)
    staff = UserFactory.create(is_staff=True, is_superuser=True)
    for model in (Enquiry, Registration, ReaderResponse):
        row = model.objects.filter(email__iexact=MEI)  # type: ignore[attr-defined]
        LogEntry.objects.log_actions(staff.pk, row, 2, change_message="Read.", single_object=True)
    return mei


def words_of_database() -> str:
    """Everything that stands in any table."""
    rows = (row for model in apps.get_models() if not model._meta.proxy for row in model._default_manager.all())
    return str(serializers.serialize("json", rows))


def traces(text: str) -> list[str]:
    return re.findall(r"(?i)mei@example|mei lin ong|no nuts|may i visit|i disagree", text)


# --- Consent, purpose ---------------------------------------------------------------------------------------------------
def test_personal_data_consent_is_given_for_each_list_unticked_with_the_words_shown_and_the_time(
    client: Client,
) -> None:
    page = client.get("/subscribe/")
    assert re.findall(r'<input type="checkbox" name="lists"[^>]* checked', page.text) == []
    assert consents.wording() in " ".join(page.text.split()).replace("&#x27;", "'")
    with time_machine.travel("2026-03-20 10:00+08:00", tick=False):
        sign_up(client, lists=["publications", "events"])
        assert Subscription.objects.filter(is_active=True).count() == 0
        client.post(link_of(letters_to()[0]))
        told = ConsentRecord.objects.order_by("step", "purpose").values_list(
            "step", "purpose", "wording", "source", "at"
        )
        assert list(told) == [
            (step, purpose, consents.CURRENT, source, timezone.now())
            for step, source in (("asked", "sign-up page"), ("confirmed", "confirmation page"))
            for purpose in ("events", "publications")
        ]
    assert set(ConsentRecord.objects.values_list("wording", flat=True)) <= set(consents.WORDINGS)


def test_personal_data_consent_registering_for_an_event_subscribes_to_nothing(client: Client) -> None:
    RegistrationFactory.create(email=MEI)
    EnquiryFactory.create(email=MEI)
    assert (Subscriber.objects.count(), ConsentRecord.objects.count()) == (0, 0)


# --- Withdrawal ---------------------------------------------------------------------------------------------------------
def test_personal_data_withdrawal_is_one_click_at_once_for_some_or_all(client: Client, sink: Sink) -> None:
    mei = subscribed(client, lists=["publications", "events"])
    held = announced(piece())
    one_click = links.unsubscribe_url(mei, "publications").partition("//")[2].partition("/")[2]
    answer = Client(enforce_csrf_checks=True).post(f"/{one_click}", {"List-Unsubscribe": "One-Click"})
    send_due()
    assert (answer.status_code, sink.taken, held.deliveries.get().state) == (200, [], "skipped")
    assert list(mei.subscriptions.filter(is_active=True).values_list("target", flat=True)) == ["events"]
    wishes.leave_all(mei, "page of leaving")
    mei.refresh_from_db()
    assert (mei.state, ConsentRecord.objects.filter(step="withdrawn").count()) == ("left", 2)


def test_personal_data_withdrawal_outlives_deletion_and_no_import_brings_anybody_back(
    client: Client, desk: Client
) -> None:
    subscribed(client)
    personal_data.erase(MEI)
    taken = desk.post(f"{SEARCH}import/", {"table": table("MEI@Example.org"), "chosen": ["events"]}).context["taken"]
    assert (taken.barred, taken.invited, Subscriber.objects.count()) == (1, 0, 0)
    assert traces(words_of_database()) == []


# --- Access, correction -------------------------------------------------------------------------------------------------
KINDS = {
    "subscriber": 1, "lists": 1, "consent": 2, "sent": 1, "not_written_to": 1, "registrations": 1, "responses": 1,
    "enquiries": 1, "feedback": 1, "letters": 2,
}  # fmt: skip


def test_personal_data_access_is_one_command_that_gives_everything_as_json_and_as_text(client: Client) -> None:
    everything_of_mei(client)
    as_json, as_text = StringIO(), StringIO()
    call_command("personal_data", "Mei@Example.org", stdout=as_json)
    call_command("personal_data", MEI, "--text", stdout=as_text)
    held = json.loads(as_json.getvalue())
    assert {kind: len(rows) for kind, rows in held.items()} == KINDS
    for words in ("No nuts", "May I visit?", "I disagree.", "Written by Mei Lin Ong", "550 5.1.1", "RSIS Publications"):
        assert (words in as_json.getvalue(), words in as_text.getvalue()) == (True, True), words
    assert "ben@example.org" not in as_json.getvalue()


def test_personal_data_access_is_one_click_at_the_desk(client: Client, desk: Client) -> None:
    mei = everything_of_mei(client)
    assert f"{SEARCH}data/" in desk.get(screen(mei)).text
    assert {kind: len(rows) for kind, rows in desk.post(f"{SEARCH}data/", {"address": MEI}).json().items()} == KINDS


def test_personal_data_correction_is_kept_in_a_log(client: Client) -> None:
    mei = subscribed(client)
    wish = mei.subscriptions.get()
    wishes.arrange(mei, {wish.pk: "weekly"}, None, 9, "preferences")
    wishes.ask_to_move(mei, "new@example.org")
    mei.refresh_from_db()
    for side in (links.OLD, links.NEW):
        wishes.agree_to_move(mei, side)
    changed = ConsentRecord.objects.filter(step="changed").values_list("purpose", "source")
    assert list(changed) == [
        ("publications", "preferences: weekly"), ("another address", "preferences: asked"), ("another address", "both addresses"),
    ]  # fmt: skip


def test_every_column_that_holds_an_address_is_known() -> None:
    """Staff and authors apart, whose addresses are kept as long as they are staff and authors."""
    own = {
        "editorial.user.email",
        "people.person.email",
        "people.staffprofile.public_email",
        "research.researchcentre.email",
    }
    columns = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.EmailField) and model._meta.app_label not in {"auth", "account", "socialaccount"}
    }
    known = {f"{model._meta.label_lower}.{name}" for model, name in personal_data.ADDRESSES}
    assert columns - own == known


# --- Erasure ------------------------------------------------------------------------------------------------------------
def test_personal_data_erasure_empties_every_table_in_one_click(client: Client, desk: Client) -> None:
    everything_of_mei(client)
    before = set(traces(words_of_database().lower()))
    assert before == {"mei@example", "mei lin ong", "no nuts", "may i visit", "i disagree"}
    desk.post(f"{SEARCH}erase/", {"address": "Mei@Example.org"})
    assert traces(words_of_database()) == []
    assert list(Registration.objects.filter(erased_at=None).values_list("name", flat=True)) == ["Ben"]
    assert barring.find(MEI) is not None


def test_personal_data_erasure_by_the_command(client: Client) -> None:
    everything_of_mei(client)
    call_command("personal_data", MEI, "--erase", stdout=StringIO())
    assert traces(words_of_database()) == []


def test_personal_data_erasure_leaves_no_trace_in_search(client: Client) -> None:
    everything_of_mei(client)
    personal_data.erase(MEI)
    for words in ("mei lin ong", "mei@example.org", "may i visit"):
        assert client.get("/search/", {"q": words}).context["total"] == 0


def backup() -> list[Any]:
    """All rows of those who have to do with readers, as a dump of the database has them; not the list of erasures, which the
    backup is older than."""
    kept = (Subscriber, Subscription, ConsentRecord, Registration, Enquiry, ReaderResponse, Letter)
    return [row for model in kept for row in model._default_manager.all()]


def restore(rows: list[Any]) -> None:
    """As they were: with the keys and times they had, and without what was noted since."""
    Erasure.objects.all().delete()
    Suppression.objects.all().delete()
    for row in rows:
        row.save_base(raw=True)


def test_f30_personal_data_erasure_is_applied_again_to_a_restored_backup(client: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        everything_of_mei(client)
        Suppression.objects.all().delete()
        saved = backup()
        clock.shift(timedelta(hours=5))
        personal_data.erase(MEI)
        restore(saved)
        assert len(traces(words_of_database())) > 5
        clock.shift(timedelta(hours=5))
        assert personal_data.erase_again() > 5
        assert traces(words_of_database()) == []
        assert Registration.objects.get(name="Ben").email == "ben@example.org"
        assert (barring.find(MEI) is not None, Erasure.objects.count(), personal_data.erase_again()) == (True, 1, 0)


def test_f30_the_night_erases_again_by_itself_and_so_does_a_command_at_once(client: Client) -> None:
    subscribed(client)
    saved = backup()
    for by_hand in (True, False):
        personal_data.erase(MEI)
        restore(saved)
        if by_hand:
            call_command("personal_data", "--again", stdout=StringIO())
        else:
            next(duty for duty in DUTIES if duty.name == "erased before a backup was restored").work()
        assert (Subscriber.objects.count(), Letter.objects.count()) == (0, 0)


def test_f30_the_list_of_erasures_holds_hashes_alone_and_is_whole_in_table_and_file(settings: Settings) -> None:
    personal_data.erase(MEI)
    written = Path(settings.ERASURES_FILE).read_text()
    [row] = Erasure.objects.all()
    assert (written, "mei" in written) == (f"{row.digest} {row.at.isoformat()}\n", False)
    Path(settings.ERASURES_FILE).unlink()
    personal_data.erase_again()
    assert Path(settings.ERASURES_FILE).read_text() == written
    Path(settings.ERASURES_FILE).write_text(f"{written}{row.digest[:20]}")  # cut in the middle of a line
    Erasure.objects.all().delete()
    personal_data.erase_again()
    assert Erasure.objects.values_list("digest", flat=True).get() == row.digest


def test_f30_an_erasure_holds_though_its_file_cannot_be_written(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    subscribed(client)
    settings.ERASURES_FILE = "/proc/none/erasures"
    personal_data.erase(MEI)
    assert (Subscriber.objects.count(), Erasure.objects.count()) == (0, 1)
    assert "list of erasures not written" in [one.getMessage() for one in caplog.records]


def test_f30_under_a_new_key_those_erased_under_the_former_one_are_known(client: Client, settings: Settings) -> None:
    subscribed(client)
    saved = backup()
    personal_data.erase(MEI)
    restore(saved)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key, made this morning"
    assert (personal_data.erase_again() > 0, Subscriber.objects.count()) == (True, 0)


def test_f30_whoever_came_back_by_their_own_hand_stays(client: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        subscribed(client)
        clock.shift(timedelta(hours=1))
        personal_data.erase(MEI)
        clock.shift(timedelta(days=2))
        subscribed(client)
        RegistrationFactory.create(email=MEI)
        assert personal_data.erase_again() == 0
        assert (Subscriber.objects.get().state, barring.find(MEI), Registration.objects.get().email) == (
            "confirmed",
            None,
            MEI,
        )


# --- Retention ----------------------------------------------------------------------------------------------------------
def nightly() -> None:
    for duty in DUTIES:
        if duty.is_nightly and duty.name in {
            "old letters", "registrations whose days are over", "old personal data", "sign-ups that nobody confirmed", "old deliveries",
        }:  # fmt: skip
            duty.work()


def test_personal_data_retention_is_applied_nightly_and_counted_at_the_desk(client: Client, desk: Client) -> None:
    with time_machine.travel("2026-03-01 10:00+08:00") as clock:
        sign_up(client, email="unsure@example.org")
        subscribed(client)
        held = announced(piece())
        Delivery.objects.update(state="sent", due_at=None, sent_at=timezone.now())
        Letter.objects.update(state="sent", due_at=None)
        Notification.objects.update(state="done")
        RegistrationFactory.create(desk__event__starts_at=timezone.now() + timedelta(hours=12))
        EnquiryFactory.create(state="spam")
        left = []
        for days in (6, 2, 81, 2, 4):  # the 7th, 9th, 90th, 92nd and 96th day
            clock.shift(timedelta(days=days))
            nightly()
            left.append((
                Subscriber.objects.count(), Letter.objects.count(), Delivery.objects.count(),
                Registration.objects.filter(erased_at=None).count(), Enquiry.objects.count(),
            ))  # fmt: skip
        assert left == [(2, 2, 1, 1, 1), (1, 1, 1, 1, 1), (1, 1, 1, 1, 0), (1, 0, 0, 0, 0), (1, 0, 0, 0, 0)]
        page = desk.get("/admin/subscriptions/forgotten/").text
    told = set(Forgotten.objects.values_list("what", flat=True))
    assert told == {"subscribers", "letters", "deliveries", "registrations", "enquiries and feedback"}
    assert [what in page for what in sorted(told)] == [True] * 5
    assert Tally.objects.values_list("notification", "target", "sent").get() == (held.pk, "publications", 1)


def test_personal_data_retention_leaves_the_figures_of_old_mailings_as_they_were(client: Client, desk: Client) -> None:
    with time_machine.travel("2026-03-01 10:00+08:00") as clock:
        states = ("sent", "sent", "failed", "skipped")
        for number in range(4):
            reader(f"r{number}@example.org")
        held = announced(piece())
        for row, state in zip(held.deliveries.order_by("pk"), states, strict=True):
            Delivery.objects.filter(pk=row.pk).update(state=state, due_at=None)
        announcing.finish()
        clock.shift(timedelta(days=91))
        page = reverse("admin:subscriptions_notification_change", args=[held.pk])
        before = desk.get(page).context
        assert retention.tally_old() == 4
        after = desk.get(page).context
        assert [(one["figures"], one["lists"]) for one in (before, after)] == [(before["figures"], before["lists"])] * 2
        assert (after["figures"].addressed, after["figures"].sent) == (4, 2)
        assert retention.tally_old() == 0


def test_personal_data_retention_of_callers_addresses_they_are_not_in_our_log_unless_wanted() -> None:
    assert settings.LOG_ADDRESSES is False
    words = Path("docs/deployment.md").read_text() + Path("docs/decisions/personal-data.md").read_text()
    assert words.count("30 days") >= 2


# --- Protection ---------------------------------------------------------------------------------------------------------
def test_personal_data_protection_few_roles_see_addresses_and_each_look_is_logged(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    mei = subscribed(client)
    given = {"address": MEI}
    answers = {}
    for role in ("Authors", "Editors", "Publishers", "Administrators"):
        staff = desk_of(role)
        answers[role] = [staff.get(screen(mei)).status_code, staff.post(f"{SEARCH}data/", given).status_code]
    assert answers == {
        "Authors": [403, 403],
        "Editors": [403, 403],
        "Publishers": [200, 403],
        "Administrators": [200, 200],
    }
    said = [one.getMessage() for one in caplog.records]
    assert (said.count("personal data read"), said.count("all of an address given out")) == (2, 1)


def test_personal_data_protection_no_address_in_a_web_address_a_log_line_or_a_referrer(
    client: Client, desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    mei = everything_of_mei(client)
    pages = [desk.post(SEARCH, {"address": MEI}), desk.get(screen(mei)), desk.post(f"{SEARCH}data/", {"address": MEI})]
    pages += [client.get(links.manage_url(mei).partition("localhost")[2].lstrip(":0123456789"))]
    found = pages[0]["Location"] + "".join(re.findall(r'(?:href|action)="([^"]*)"', "".join(one.text for one in pages)))
    assert "example.org" not in found
    assert pages[3]["Referrer-Policy"] == "no-referrer"
    desk.post(f"{SEARCH}erase/", {"address": MEI})
    assert [one for one in caplog.records if "mei@" in f"{vars(one)}".lower() and one.name.startswith("rsis")] == []


# --- Breach -------------------------------------------------------------------------------------------------------------
def test_personal_data_breach_who_saw_what_can_be_told_from_the_log(
    client: Client, desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    mei = subscribed(client)
    staff = User.objects.get(is_staff=True)
    caplog.clear()
    desk.post(SEARCH, {"address": MEI})
    desk.get(screen(mei))
    desk.post(f"{SEARCH}data/", {"address": MEI})
    desk.post(f"{SEARCH}erase/", {"address": MEI})
    wanted = ("subscriber looked for", "personal data read", "all of an address given out", "address erased")
    facts = {one.getMessage(): one.facts for one in caplog.records if one.getMessage() in wanted}  # type: ignore[attr-defined]
    of = personal_data.fingerprint("MEI@example.org")
    assert [(facts[name]["user"], facts[name].get("of", facts[name].get("row"))) for name in wanted] == [
        (staff.pk, of), (staff.pk, f"subscriber {mei.pk}"), (staff.pk, of), (staff.pk, of),
    ]  # fmt: skip


def test_personal_data_breach_the_steps_are_written_down_with_their_days() -> None:
    page = Path("docs/data-breach.md").read_text()
    assert ["Within 30 days" in page, "Within 3 calendar days" in page] == [True, True]
    for line in ("personal data read", "all of an address given out", "subscriber looked for", "address erased"):
        assert line in page, line
    assert "docs/data-breach.md" in Path("SECURITY.md").read_text()


# --- Mail ---------------------------------------------------------------------------------------------------------------
def test_personal_data_mail_names_its_sender_says_honestly_what_it_is_and_how_to_leave_by_mail(sink: Sink) -> None:
    reader(MEI)
    one = piece(title="Straits and Cables")
    held = announced(one)
    send_due()
    [letter] = sink.messages
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert (str(letter["Subject"]), letter["Reply-To"] is not None) == (one.title, True)
    for words in ("S. Rajaratnam School of International Studies", "Singapore", "You get this because you follow"):
        assert words in text, words
    [address] = re.findall(r"leave\+[^\s@]+@[\w.-]+", text)
    from subscriptions.parcels import delivery_key  # noqa: PLC0415 -- of this test alone

    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert delivery_key("leave", address) == held.deliveries.get().pk
