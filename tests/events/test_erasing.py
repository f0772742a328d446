"""Personal data of registrants goes when its days are over, and when somebody asks; what remains are figures."""

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from time_machine import TimeMachineFixture

from events import correspondence, erasing, registering
from events.models import Registration, RegistrationDesk
from events.registering import Asked
from mail.models import Letter
from tests.event_factories import RegistrationDeskFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
State = Registration.State


def held(desk: RegistrationDesk, *names: str) -> list[Registration]:
    return [
        registering.register(
            desk, Asked(name, f"{name}@example.org", affiliation="NTU", needs="No nuts", answers={"1": "x"})
        )
        for name in names
    ]


def after(desk: RegistrationDesk, days: float) -> object:
    return desk.event.ends_at + timedelta(days=days)


def test_j22_5_after_its_days_nothing_is_left_that_says_who_and_the_figures_stand(
    client: Client, time_machine: TimeMachineFixture, caplog: pytest.LogCaptureFixture
) -> None:
    desk = RegistrationDeskFactory.create(seats_in_person=2, erase_after_days=30)
    ana, ben, cai = held(desk, "ana", "ben", "cai")
    Registration.objects.filter(pk=ana.pk).update(checked_in_at=desk.event.starts_at, note="VIP")
    page = correspondence.own_url(ana)
    time_machine.move_to(after(desk, 29.9), tick=False)
    assert erasing.erase_all_due() == 0
    time_machine.move_to(after(desk, 30), tick=False)
    with caplog.at_level(logging.INFO, "rsis.events"):
        assert (erasing.erase_due(limit=2), erasing.erase_due(limit=2), erasing.erase_due()) == (2, 1, 0)
    facts = list(
        desk.registrations.order_by("pk").values_list("name", "email", "affiliation", "needs", "note", "answers")
    )
    assert facts == [("", "", "", "", "", {})] * 3
    assert list(desk.registrations.order_by("pk").values_list("state", flat=True)) == [
        "confirmed",
        "confirmed",
        "waiting",
    ]
    assert (desk.registrations.exclude(checked_in_at=None).count(), Letter.objects.count()) == (1, 0)
    assert client.get(page).status_code == 404
    assert [vars(one)["facts"] for one in caplog.records[:2]] == [
        {"event": desk.event_id, "count": 2}, {"event": desk.event_id, "count": 1},
    ]  # fmt: skip
    assert [str(one) for one in (ben, cai)] == ["ben", "cai"]


def test_the_command_says_what_is_due_and_a_dry_run_changes_nothing(time_machine: TimeMachineFixture) -> None:
    desk = RegistrationDeskFactory.create(erase_after_days=1)
    held(desk, "ana", "ben")
    said = {}
    for name, options in {"early": [], "dry": ["--dry-run"], "done": [], "again": []}.items():
        time_machine.move_to(after(desk, 0 if name == "early" else 2), tick=False)
        out = StringIO()
        call_command("erase_registrations", *options, stdout=out)
        said[name] = (out.getvalue().splitlines()[-1], desk.registrations.filter(erased_at=None).count())
        assert "example.org" not in out.getvalue()
    assert said == {
        "early": ("Nothing is due.", 2), "dry": ("Nothing was erased: this was a dry run.", 2), "done": ("Erased: 2.", 0),
        "again": ("Nothing is due.", 0),
    }  # fmt: skip


def test_one_address_is_exported_and_erased_everywhere_and_its_place_goes_on() -> None:
    full, other = RegistrationDeskFactory.create(seats_in_person=1), RegistrationDeskFactory.create()
    ana, ben = held(full, "ana", "ben")
    held(other, "ana")
    found = erasing.export(" ANA@example.org ")
    assert [(one["name"], one["needs"], one["state"]) for one in found["registrations"]] == [
        ("ana", "No nuts", "Confirmed")
    ] * 2
    assert [one["subject"] for one in found["letters"]] == ["Your place is confirmed: Straits in Winter"] * 2
    assert erasing.erase("Ana@example.org") == 2
    assert (erasing.export("ana@example.org"), erasing.erase("ana@example.org")) == (
        {"registrations": [], "letters": []},
        0,
    )
    ana.refresh_from_db()
    ben.refresh_from_db()
    assert (ana.state, ana.name, ben.state) == (State.CANCELLED, "", State.OFFERED)
    assert set(Letter.objects.values_list("to_address", flat=True)) == {"ben@example.org"}


def test_whoever_was_erased_can_register_again() -> None:
    desk = RegistrationDeskFactory.create()
    held(desk, "ana")
    erasing.erase("ana@example.org")
    held(desk, "ana")
    assert list(desk.registrations.order_by("pk").values_list("name", "state")) == [
        ("", "cancelled"),
        ("ana", "confirmed"),
    ]


def test_erased_rows_stand_in_no_list_of_the_desk(client: Client) -> None:
    desk = RegistrationDeskFactory.create()
    (ana,) = held(desk, "ana")
    erasing.erase("ana@example.org")
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    base = f"/admin/events/registrationdesk/{desk.pk}"
    assert len(client.get(f"{base}/people/").context["shown"].object_list) == 0
    assert client.get(f"{base}/people/{ana.pk}/").status_code == 404
    assert client.get(f"{base}/check-in/people.json").json()["people"] == []
