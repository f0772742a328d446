"""Delete by mistake, and get it back (J18)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from editorial import history, preview, saving, trash
from editorial.models import PreviewLink, Revision
from editorial.publishing import NotAllowed
from publications.models import Publication
from tests.factories import DocumentFactory, PersonFactory, PublicationFactory, TopicFactory, UserFactory
from tests.filled_form import CHANGE, staff

pytestmark = pytest.mark.django_db
LIST = "/admin/publications/publication/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(staff("view", "change", "delete"))
    return client


def test_j18_what_comes_back_from_the_trash_is_what_went_in() -> None:
    by, topic = UserFactory(), TopicFactory()
    piece = PublicationFactory(authors=[PersonFactory()], topics=[topic], tags=["asean"], document=DocumentFactory())
    saving.record(piece, by)
    before = history.snapshot(piece)

    trash.move_to_trash(piece, by)
    held = Publication.objects.get(pk=piece.pk)
    trash.restore_from_trash(held, by)

    found = Publication.objects.get(pk=piece.pk)
    assert (held.deleted_by, found.deleted_at, found.deleted_by) == (None, None, None)
    assert history.snapshot(found) == before
    assert [revision.note for revision in history.revisions(found)] == [
        "Restored from the trash",
        "Moved to the trash",
        "",
    ]


@pytest.mark.parametrize("state", ["published", "scheduled", "withdrawn", "trashed"])
def test_what_readers_saw_or_will_see_is_not_thrown_away(state: str) -> None:
    piece = PublicationFactory(**{state: True})

    with pytest.raises(NotAllowed):
        trash.move_to_trash(piece, None)


def test_j18_purging_takes_what_is_older_than_ninety_days_with_its_history_and_links(caplog: Any) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        old = PublicationFactory(title="Old and gone")
        preview.make_link(old, None, frozen=True)
        trash.move_to_trash(old, None)
    young, living = PublicationFactory(), PublicationFactory()
    trash.move_to_trash(young, None)
    caplog.set_level("INFO")

    assert [item.pk for item in trash.due()] == [old.pk]
    assert trash.purge() == 1
    assert trash.purge() == 0

    assert set(Publication.objects.all()) == {young, living}
    assert Revision.objects.filter(object_id=old.pk).count() == 0
    assert PreviewLink.objects.count() == 0
    assert "Old and gone" in caplog.text


def test_one_that_something_refers_to_stays_and_stops_no_other() -> None:
    long_ago = timezone.now() - timedelta(days=100)
    issue = PublicationFactory(deleted_at=long_ago)
    PublicationFactory(part_of=issue)
    PublicationFactory(deleted_at=long_ago)

    assert trash.purge() == 1
    assert Publication.objects.filter(pk=issue.pk).exists()


def test_deleting_at_the_desk_asks_and_moves_to_the_trash(desk: Client) -> None:
    piece = PublicationFactory(title="By mistake")
    address = f"{LIST}{piece.pk}/delete/"

    asked = desk.get(address)
    done = desk.post(address, {"version": "0"}, follow=True)
    shown = desk.get(LIST + "trash/")
    back = desk.post(f"{LIST}{piece.pk}/untrash/", follow=True)

    assert "By mistake" in asked.content.decode()
    assert f'is in the trash for 90 days. <a href="{LIST}trash/">Open the trash</a>' in done.content.decode()
    assert "By mistake" in shown.content.decode()
    assert "is back, as it was" in back.content.decode()
    assert Publication.objects.get().deleted_at is None


@pytest.mark.parametrize(
    ("traits", "rights", "expected"),
    [
        ({}, ("view", "change", "delete"), (1, "Move to the trash …")),
        ({"published": True}, ("view", "change", "publish", "delete"), (1, "Where it is used, and a lock")),
        ({}, ("view", "change"), (0, "")),
    ],
)
def test_j18_uses_lock_and_trash_are_a_link_away_from_the_form_and_the_trash_from_the_list(
    client: Client, traits: dict[str, Any], rights: tuple[str, ...], expected: tuple[int, str]
) -> None:
    client.force_login(staff(*rights))
    piece = PublicationFactory(**traits)

    form, rows = (client.get(address).content.decode() for address in (f"{LIST}{piece.pk}/change/", LIST))

    count, words = expected
    assert form.count(f'href="{LIST}{piece.pk}/delete/"') == rows.count(f'href="{LIST}trash/"') == count
    assert words in form


def test_deleting_what_was_saved_meanwhile_is_refused(desk: Client) -> None:
    piece = PublicationFactory(version=2)

    answer = desk.post(f"{LIST}{piece.pk}/delete/", {"version": "1"}, follow=True)

    assert "saved in the meantime" in answer.content.decode()
    assert Publication.objects.get().deleted_at is None


def test_a_published_item_offers_no_deletion_by_any_way(client: Client) -> None:
    client.force_login(staff("view", "change", "delete", "publish"))
    piece = PublicationFactory(published=True)

    asked = client.get(f"{LIST}{piece.pk}/delete/")
    client.post(f"{LIST}{piece.pk}/delete/", {"version": "0"})
    client.post(LIST, {"action": "trash_selected", "_selected_action": [piece.pk]})
    client.post(LIST, {"action": "delete_selected", "_selected_action": [piece.pk], "post": "yes"})

    assert "Published items are withdrawn, not deleted" in asked.content.decode()
    assert Publication.objects.published().get() == piece


def test_j18_the_action_of_the_list_moves_to_the_trash_and_names_what_stays(client: Client) -> None:
    client.force_login(staff("view", "change", "delete", "publish"))
    draft, public = PublicationFactory(title="Goes"), PublicationFactory(title="Stays here", published=True)
    data = {"action": "trash_selected", "_selected_action": [draft.pk, public.pk]}

    listed = client.get(LIST).content.decode()
    answer = client.post(LIST, data, follow=True).content.decode()

    assert "delete_selected" not in listed
    assert "1 item is in the trash" in answer
    assert "“Stays here” stays" in answer
    assert list(Publication.objects.in_trash()) == [draft]


@pytest.mark.parametrize("address", ["{pk}/delete/", "{pk}/untrash/", "trash/"])
def test_the_trash_is_closed_to_staff_without_the_right_to_delete(client: Client, address: str) -> None:
    trashed = address.endswith("untrash/")
    piece = PublicationFactory(trashed=trashed)
    client.force_login(staff("view", "change"))
    target = LIST + address.format(pk=piece.pk)

    answer = client.get(target) if address == "trash/" else client.post(target, {"version": "0"})

    assert answer.status_code == 403
    assert (Publication.objects.get().deleted_at is not None) is trashed


def test_an_item_in_the_trash_can_be_read_but_not_edited(desk: Client) -> None:
    piece = PublicationFactory(title="Before", trashed=True)

    answer = desk.post(CHANGE.format(piece.pk), {"version": "0", "title": "After"})

    assert desk.get(CHANGE.format(piece.pk)).status_code == 200
    assert answer.status_code == 403
    assert Publication.objects.get().title == "Before"
