"""Nothing is deleted that is needed, locked or read, by any route (J18); tests/editorial/test_trash.py has the way back."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from editorial import history, links, locks, trash
from editorial.models import Batch, DeletionLock, ScanMark
from editorial.publishing import NotAllowed
from people.models import StaffProfile
from publications.models import Publication
from tests.factories import (
    DocumentFactory,
    PersonFactory,
    PublicationFactory,
    SlotFactory,
    StaffProfileFactory,
    TopicFactory,
    UserFactory,
)
from tests.filled_form import staff

pytestmark = pytest.mark.django_db
LIST = "/admin/publications/publication/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_j18_the_delete_screen_lists_every_use(desk: Client) -> None:
    piece = PublicationFactory.create(title="Wanted in Many Places")
    PublicationFactory.create(responds_to=piece, title="An Answer To It")
    SlotFactory.create(publication=piece, headline="On the Home Page")
    PublicationFactory.create(title="A Text That Links", body=f'<p><a href="{piece.get_absolute_url()}">It</a></p>')
    ScanMark.objects.update(done_on=None)
    for _model in links.kinds():
        links.find_due()
    page = text(desk, f"{LIST}{piece.pk}/delete/")
    assert [words for words in ("An Answer To It", "On the Home Page", "A Text That Links") if words not in page] == []
    assert "Move to the trash</button>" in page


def test_j18_what_others_need_is_not_deleted(desk: Client) -> None:
    issue = PublicationFactory.create(title="The Issue")
    PublicationFactory.create(part_of=issue, title="Its Article")
    page = text(desk, f"{LIST}{issue.pk}/delete/")
    desk.post(f"{LIST}{issue.pk}/delete/", {"version": "0"})
    with pytest.raises(NotAllowed, match="Its Article"):
        trash.move_to_trash(issue, None)
    assert ("It is needed by Its Article" in page, "Move to the trash</button>" in page) == (True, False)
    assert Publication.objects.in_trash().count() == 0


def test_j18_restoring_brings_address_relations_files_and_history(desk: Client) -> None:
    person, topic = PersonFactory.create(), TopicFactory.create()
    piece = PublicationFactory.create(
        authors=[person], topics=[topic], tags=["asean"], document=DocumentFactory.create(), slug="kept"
    )
    SlotFactory.create(publication=piece)
    history.add_revision(piece, None, "Before")
    before = history.snapshot(piece)
    desk.post(f"{LIST}{piece.pk}/delete/", {"version": "0"})
    shown = text(desk, f"{LIST}trash/")
    desk.post(f"{LIST}{piece.pk}/untrash/")
    back = Publication.objects.get(pk=piece.pk)
    assert (history.snapshot(back), back.get_absolute_url(), back.slots.count()) == (
        before,
        piece.get_absolute_url(),
        1,
    )
    assert [one.note for one in history.revisions(back)] == ["Restored from the trash", "Moved to the trash", "Before"]
    assert "editor" in shown  # who threw it away


def delete_row(item: Any) -> None:
    item.delete()


def delete_many(item: Any) -> None:
    type(item).objects.filter(pk=item.pk).delete()


def delete_everything(item: Any) -> None:
    type(item).objects.all().delete()


def throw_away(item: Any) -> None:
    trash.move_to_trash(item, None)


@pytest.mark.parametrize("route", [delete_row, delete_many, delete_everything, throw_away])
@pytest.mark.parametrize("factory", [PublicationFactory, StaffProfileFactory])
def test_j18_a_locked_item_is_deleted_by_no_route(route: Any, factory: Any) -> None:
    item = factory.create()
    factory.create()
    locks.lock(item, "Evidence in a dispute", None)
    with pytest.raises((ProtectedError, NotAllowed)):
        route(item)
    assert type(item).objects.present().filter(pk=item.pk).exists()
    locks.unlock(item)
    route(item)
    assert type(item).objects.present().filter(pk=item.pk).exists() is False


def test_j18_a_lock_holds_at_the_desk_and_against_the_nightly_purge(desk: Client) -> None:
    piece = PublicationFactory.create()
    desk.post(f"{LIST}{piece.pk}/lock/", {"reason": "Evidence in a dispute"})
    page = text(desk, f"{LIST}{piece.pk}/delete/")
    desk.post(f"{LIST}{piece.pk}/delete/", {"version": "0"})
    listed = desk.post(LIST, {"action": "trash_selected", "_selected_action": [piece.pk]}, follow=True).content.decode()
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [piece.pk], "post": "yes"})
    Publication.objects.filter(pk=piece.pk).update(deleted_at=timezone.now() - timedelta(days=100))
    assert ("Evidence in a dispute" in page, "Evidence in a dispute" in listed, trash.purge()) == (True, True, 0)
    desk.post(f"{LIST}{piece.pk}/lock/", {"unlock": "1"})
    assert (DeletionLock.objects.count(), trash.purge()) == (0, 1)


@pytest.mark.parametrize("said", [{}, {"reason": "  "}])
def test_j18_a_lock_needs_a_reason(desk: Client, said: dict[str, str]) -> None:
    piece = PublicationFactory.create()
    answer = desk.post(f"{LIST}{piece.pk}/lock/", said, follow=True)
    assert ("Say why" in answer.content.decode(), DeletionLock.objects.count()) == (True, 0)


def test_j18_locks_need_a_right(client: Client) -> None:
    piece = PublicationFactory.create()
    user = staff("view", "change", "delete")
    client.force_login(user)
    assert client.post(f"{LIST}{piece.pk}/lock/", {"reason": "x"}).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="add_deletionlock"))
    assert client.post(f"{LIST}{piece.pk}/lock/", {"reason": "x"}).status_code == 302
    assert client.post(f"{LIST}{piece.pk}/lock/", {"unlock": "1"}).status_code == 403


def test_j18_published_items_offer_to_be_withdrawn_instead(desk: Client) -> None:
    piece = PublicationFactory.create(published=True)
    page = text(desk, f"{LIST}{piece.pk}/delete/")
    assert ("Open the item to withdraw it" in page, "Move to the trash</button>" in page) == (True, False)


def test_j18_the_purge_is_rehearsed_without_deleting_and_logs_what_it_deleted() -> None:
    long_ago = timezone.now() - timedelta(days=100)
    gone = PublicationFactory.create(title="Old and Gone", deleted_at=long_ago)
    held = PublicationFactory.create(title="Old and Held", deleted_at=long_ago)
    locks.lock(held, "Evidence", None)
    PublicationFactory.create(title="Young", deleted_at=timezone.now() - timedelta(days=89))
    said = StringIO()
    call_command("empty_trash", dry_run=True, stdout=said)
    assert said.getvalue().splitlines() == [
        f"publications.publication {gone.pk} goes: Old and Gone",
        f"publications.publication {held.pk} stays (It is locked against deletion: Evidence): Old and Held",
    ]
    assert (Publication.objects.count(), Batch.objects.count()) == (3, 0)
    call_command("empty_trash", stdout=StringIO())
    batch = Batch.objects.get()
    assert (batch.summary, [line["title"] for line in batch.data["gone"]], [line["title"] for line in batch.data["stayed"]]) == (
        "1 item deleted for good from the trash", ["Old and Gone"], ["Old and Held"],
    )  # fmt: skip
    assert (Publication.objects.count(), StaffProfile.objects.count(), trash.purge()) == (2, 0, 0)
