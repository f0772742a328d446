import pytest
from django.db import transaction

from editorial import history, saving
from publications.models import Publication
from tests.factories import PersonFactory, PublicationFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_first_record_holds_the_whole_item_and_names_what_it_has() -> None:
    person, topic, by = PersonFactory(), TopicFactory(), UserFactory()
    piece = PublicationFactory(title="Straits", authors=[person], topics=[topic], tags=["asean"])

    revision = saving.record(piece, by, "first")

    assert revision is not None
    assert (revision.number, revision.by, revision.note, piece.version) == (1, by, "first", 1)
    assert revision.data["fields"]["title"] == "Straits"
    assert revision.data["sets"] == {
        "centres": [], "topics": [topic.pk], "regions": [], "tags": ["asean"], "plain_abbreviations": [],
    }  # fmt: skip
    assert [row["person"] for row in revision.data["children"]["authorships"]] == [person.pk]
    assert {"title", "topics", "tags", "authorships"} <= set(revision.changed)
    assert "regions" not in revision.changed


def test_later_records_name_only_what_changed() -> None:
    piece = PublicationFactory()
    saving.record(piece, None)
    piece.title = "Another title"
    piece.save()

    revision = saving.record(piece, None)

    assert revision is not None
    assert revision.changed == ["title"]


def test_a_save_without_a_change_leaves_no_revision() -> None:
    piece = PublicationFactory()
    saving.record(piece, None)

    assert saving.record(piece, None) is None
    assert history.revisions(piece).count() == 1


def test_recording_from_an_old_version_is_refused_and_changes_nothing() -> None:
    piece = PublicationFactory()
    stale = Publication.objects.get(pk=piece.pk)
    saving.record(piece, None)

    with pytest.raises(saving.Conflict) as refused, transaction.atomic():
        saving.record(stale, None, "mine")

    assert refused.value.current.version == 1
    assert [revision.note for revision in history.revisions(piece)] == [""]


def test_the_lock_gives_the_item_at_its_version_and_refuses_any_other() -> None:
    piece = PublicationFactory(version=3)

    with transaction.atomic():
        assert saving.lock(Publication, piece.pk, 3) == piece
        with pytest.raises(saving.Conflict):
            saving.lock(Publication, piece.pk, 2)


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_refused_outside_a_transaction() -> None:
    piece = PublicationFactory()

    with pytest.raises(transaction.TransactionManagementError):
        saving.lock(Publication, piece.pk, 0)
