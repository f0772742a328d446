"""The steps between draft and public, alone and as buttons of the form."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from editorial import history, publishing
from editorial.desk import steps
from editorial.models import Publishable, State
from publications.models import Publication, Series
from tests.factories import PublicationFactory, SeriesFactory, UserFactory
from tests.filled_form import CHANGE, open_form, read_form, send, staff

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 19, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=13)


def fresh(piece: Publication) -> Publication:
    return Publication.objects.get(pk=piece.pk)


def notes(piece: Publication) -> list[str]:
    return [revision.note for revision in history.revisions(piece)]


@time_machine.travel(NOW, tick=False)
def test_the_way_from_draft_to_public_and_back_leaves_a_revision_at_each_step() -> None:
    piece, by = PublicationFactory(), UserFactory()

    publishing.submit(piece, by)
    publishing.return_to_draft(piece, by)
    publishing.publish(piece, NOW, by)
    publishing.withdraw(piece, "The authors asked for it.", by)
    publishing.reinstate(piece, by)

    assert notes(piece) == ["Reinstated", "Withdrawn", "Published", "Returned to draft", "Submitted for review"]
    assert fresh(piece).is_public
    assert fresh(piece).version == 5
    assert fresh(piece).first_published_at == NOW


@time_machine.travel(NOW, tick=False)
def test_a_time_to_come_schedules_and_says_so_in_singapore_time() -> None:
    piece = PublicationFactory()

    publishing.publish(piece, LATER, None)

    assert not fresh(piece).is_public
    assert fresh(piece).standing == "Scheduled for Thu 20 Mar 2025, 06:00 SGT"
    assert notes(piece) == ["Scheduled for Thu 20 Mar 2025, 06:00 SGT"]
    assert list(Publication.objects.published()) == []
    with time_machine.travel(LATER - timedelta(seconds=1), tick=False):
        assert list(Publication.objects.published()) == []
    with time_machine.travel(LATER, tick=False):
        assert list(Publication.objects.published()) == [piece]


@time_machine.travel(NOW, tick=False)
def test_a_past_time_publishes_as_of_then() -> None:
    piece = PublicationFactory()
    then = NOW - timedelta(days=400)

    publishing.publish(piece, then, None)

    assert fresh(piece).is_public
    assert (fresh(piece).publish_at, fresh(piece).first_published_at) == (then, then)


@time_machine.travel(NOW, tick=False)
def test_unscheduling_forgets_the_time_that_never_came() -> None:
    piece = PublicationFactory()
    publishing.publish(piece, LATER, None)

    publishing.return_to_draft(piece, None)

    assert (fresh(piece).state, fresh(piece).publish_at, fresh(piece).first_published_at) == (State.DRAFT, None, None)


@time_machine.travel(NOW, tick=False)
def test_publishing_again_never_moves_the_first_time() -> None:
    piece = PublicationFactory()
    publishing.publish(piece, NOW, None)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        publishing.withdraw(piece, "A mistake.", None)
        publishing.publish(piece, timezone.now(), None)

    assert fresh(piece).first_published_at == NOW
    assert fresh(piece).publish_at == NOW + timedelta(days=2)
    assert (fresh(piece).withdrawn_at, fresh(piece).withdrawal_reason) == (None, "")


@pytest.mark.parametrize(
    ("traits", "step"),
    [
        ({"in_review": True}, lambda item: publishing.submit(item, None)),
        ({"published": True}, lambda item: publishing.submit(item, None)),
        ({}, lambda item: publishing.return_to_draft(item, None)),
        ({"published": True}, lambda item: publishing.return_to_draft(item, None)),
        ({"published": True}, lambda item: publishing.publish(item, timezone.now(), None)),
        ({"trashed": True}, lambda item: publishing.publish(item, timezone.now(), None)),
        ({}, lambda item: publishing.withdraw(item, "why", None)),
        ({"scheduled": True}, lambda item: publishing.withdraw(item, "why", None)),
        ({"published": True}, lambda item: publishing.withdraw(item, "  ", None)),
        ({}, lambda item: publishing.reinstate(item, None)),
    ],
)
def test_a_step_that_does_not_follow_is_refused_in_words_and_changes_nothing(traits: dict[str, Any], step: Any) -> None:
    piece = PublicationFactory(**traits)
    before = Publication.objects.filter(pk=piece.pk).values().get()

    with pytest.raises(publishing.NotAllowed, match=r"\w+ \w+.*\."):
        step(piece)

    assert Publication.objects.filter(pk=piece.pk).values().get() == before
    assert notes(piece) == []


# --- The form -----------------------------------------------------------------------------------------------------


@pytest.fixture
def publisher(client: Client) -> Client:
    client.force_login(staff("view", "add", "change", "delete", "publish"))
    return client


def test_text_and_step_go_in_one_submission_with_one_revision_and_the_editors_note(publisher: Client) -> None:
    piece = PublicationFactory(title="Before", ready=True)
    form = open_form(publisher, piece)

    answer = send(publisher, piece, form, title="After", _step="submit", revision_note="Shorter title")

    assert answer.status_code == 302
    assert (fresh(piece).title, fresh(piece).state) == ("After", State.IN_REVIEW)
    assert notes(piece) == ["Submitted for review: Shorter title"]


def test_publish_now_numbers_the_piece_and_makes_it_public(publisher: Client) -> None:
    piece = PublicationFactory(series=SeriesFactory(commentary=True), ready=True)

    answer = send(publisher, piece, open_form(publisher, piece), _step="publish")

    assert answer.status_code == 302
    assert fresh(piece).is_public
    assert fresh(piece).number == f"CO{timezone.localdate():%y}001"


def test_what_is_not_ready_is_not_published_and_nothing_typed_is_lost(publisher: Client) -> None:
    piece = PublicationFactory(series=SeriesFactory(commentary=True), title="Before")

    answer = send(publisher, piece, open_form(publisher, piece), title="Typed just now", _step="publish")

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Name at least one author" in page
    assert read_form(page)["title"].strip() == "Typed just now"
    assert fresh(piece).title == "Before"
    assert fresh(piece).state == State.DRAFT
    assert notes(piece) == []


@time_machine.travel(NOW)
def test_the_schedule_button_names_the_exact_moment_and_does_what_it_says(publisher: Client) -> None:
    piece = PublicationFactory(ready=True)
    page = publisher.get(CHANGE.format(piece.pk)).content.decode()

    answer = send(publisher, piece, read_form(page), _step="schedule")

    assert "Schedule for Thu 20 Mar 2025, 06:00 SGT</button>" in page
    assert answer.status_code == 302
    assert fresh(piece).publish_at == LATER


@time_machine.travel(NOW)
def test_the_time_is_singapores_whatever_the_zone_of_the_server(publisher: Client, settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    piece = PublicationFactory(ready=True)

    send(publisher, piece, open_form(publisher, piece), _step="schedule", schedule_for="2025-07-01T06:00")

    assert fresh(piece).publish_at == datetime(2025, 6, 30, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize("given", ["", "tomorrow", "2001-01-01T06:00", "2099-01-01T06:00Z", "2099-01-01T06:00+01:00"])
def test_a_time_that_is_none_or_has_passed_is_refused_in_words(given: str) -> None:
    with pytest.raises(publishing.NotAllowed):
        steps.read_time(given)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2025-03-19T21:59:59+00:00", "2025-03-20T06:00+08:00"),
        ("2025-03-19T22:00:00+00:00", "2025-03-21T06:00+08:00"),
        ("2025-03-19T15:59:00+00:00", "2025-03-20T06:00+08:00"),
        ("2025-03-19T16:01:00+00:00", "2025-03-20T06:00+08:00"),
    ],
)
def test_the_default_is_the_next_six_in_singapore(now: str, morning: str) -> None:
    assert steps.next_morning(datetime.fromisoformat(now)) == datetime.fromisoformat(morning)


def test_withdrawing_needs_the_tick_and_the_reason(publisher: Client) -> None:
    piece = PublicationFactory(published=True, ready=True)
    form = open_form(publisher, piece)

    without_tick = send(publisher, piece, form, _step="withdraw", withdrawal_reason="Plagiarism.")
    without_reason = send(publisher, piece, form, _step="withdraw", withdrawal_confirmed="on")
    still_public = fresh(piece).is_public
    done = send(publisher, piece, form, _step="withdraw", withdrawal_confirmed="on", withdrawal_reason="Plagiarism.")

    assert "Tick the box" in without_tick.content.decode()
    assert ">Plagiarism.</textarea>" in without_tick.content.decode()
    assert "Give the reason." in without_reason.content.decode()
    assert still_public
    assert done.status_code == 302
    assert (fresh(piece).state, fresh(piece).withdrawal_reason) == (State.WITHDRAWN, "Plagiarism.")


ALL = {"submit", "publish", "schedule", "draft", "unschedule", "withdraw", "reinstate"}


@pytest.mark.parametrize(
    ("traits", "rights", "buttons"),
    [
        ({}, ("view", "change"), {"submit"}),
        ({}, ("view", "change", "publish", "delete"), {"submit", "publish", "schedule"}),
        ({"in_review": True}, ("view", "change"), {"draft"}),
        ({"in_review": True}, ("view", "change", "publish"), {"draft", "publish", "schedule"}),
        ({"scheduled": True}, ("view", "change", "publish", "delete"), {"publish", "schedule", "unschedule"}),
        ({"scheduled": True}, ("view", "change"), set()),
        ({"published": True}, ("view", "change", "publish", "delete"), {"withdraw"}),
        ({"published": True}, ("view", "change", "delete"), set()),
        ({"withdrawn": True}, ("view", "change", "publish"), {"reinstate"}),
        ({"trashed": True}, ("view", "change", "publish", "delete"), set()),
        ({}, ("view",), set()),
    ],
)
def test_the_form_offers_and_accepts_the_steps_of_the_state_and_the_rights(
    client: Client, traits: dict[str, Any], rights: tuple[str, ...], buttons: set[str]
) -> None:
    piece: Publishable = PublicationFactory(**traits)
    client.force_login(staff(*rights))

    page = client.get(CHANGE.format(piece.pk)).content.decode()

    assert {step for step in ALL if f'name="_step" value="{step}"' in page} == buttons


@pytest.mark.parametrize("step", ["publish", "schedule", "nonsense"])
def test_a_step_without_its_right_is_forbidden_and_saves_nothing(client: Client, step: str) -> None:
    piece = PublicationFactory(title="Before", ready=True)
    client.force_login(staff("view", "change"))
    form = open_form(client, piece)

    answer = send(client, piece, form, title="After", _step=step, schedule_for="2099-01-01T06:00")

    assert answer.status_code == 403
    assert (fresh(piece).title, fresh(piece).state, fresh(piece).version) == ("Before", State.DRAFT, 0)


def test_what_is_public_is_not_edited_without_the_right_to_publish(client: Client) -> None:
    piece = PublicationFactory(title="Before", published=True)
    client.force_login(staff("view", "change"))

    answer = client.post(CHANGE.format(piece.pk), {"version": "0", "title": "After"})

    assert answer.status_code == 403
    assert fresh(piece).title == "Before"


def test_a_new_piece_is_saved_and_submitted_at_once(publisher: Client) -> None:
    series: Series = SeriesFactory()
    address = f"/admin/publications/publication/add/?series={series.pk}"
    form = read_form(publisher.get(address).content)

    answer = publisher.post(address, {**form, "title": "A first draft", "_step": "submit"})

    piece = Publication.objects.get()
    assert answer["Location"] == CHANGE.format(piece.pk)
    assert (piece.title, piece.state, piece.version) == ("A first draft", State.IN_REVIEW, 1)


def test_the_form_is_sent_under_the_editors_policy_and_says_what_it_is_about(publisher: Client) -> None:
    piece = PublicationFactory(version=4)

    answer = publisher.get(CHANGE.format(piece.pk))

    assert "script-src-attr 'unsafe-inline'" in answer["Content-Security-Policy"]
    assert f'name="version" value="4" data-item="publications.publication.{piece.pk}"' in answer.content.decode()
