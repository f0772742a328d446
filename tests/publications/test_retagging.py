"""Tidy topics and retag in bulk (J16)."""

import time
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from taggit.models import Tag

from editorial import batches, history, merging, redirects, roles
from editorial.models import Batch
from editorial.publishing import NotAllowed
from publications import retagging
from publications.models import Publication
from publications.retagging import Change
from research.models import Region, Topic
from tests.factories import (
    PersonFactory,
    PublicationFactory,
    RegionFactory,
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


def named(piece: Publication, kind: str = "topics") -> set[str]:
    return {row.name for row in getattr(piece, kind).all()}


# --- Merging ------------------------------------------------------------------------------------------------------------
def test_j16_merging_moves_items_without_doubles_and_leads_page_and_feed(client: Client) -> None:
    a, b = TopicFactory.create(slug="sea", name="Sea"), TopicFactory.create(slug="ocean", name="Ocean")
    child = TopicFactory.create(parent=a, name="Straits")
    only, both = (
        PublicationFactory.create(published=True, topics=[a]),
        PublicationFactory.create(published=True, topics=[a, b]),
    )
    expert = StaffProfileFactory.create()
    expert.expertise.set([a])
    redirects.address_changed("/topics/waters/", "/topics/sea/", is_prefix=True)

    batch = merging.merge(a, b, None)

    child.refresh_from_db()
    assert (named(only), named(both), named(expert, "expertise"), child.parent) == ({"Ocean"}, {"Ocean"}, {"Ocean"}, b)
    assert [client.get(old).get("Location") for old in ("/topics/sea/", "/topics/sea/feed.atom", "/topics/waters/")] == [
        "/topics/ocean/", "/topics/ocean/feed.atom", "/topics/ocean/",
    ]  # fmt: skip
    assert (batch.summary, Topic.objects.filter(pk=a.pk).exists()) == ("Topic “Sea” merged into “Ocean”", False)
    assert client.get("/topics/ocean/").content.decode().count("2 publications") > 0


def test_j16_a_merge_is_taken_back_whole(client: Client) -> None:
    a, b = TopicFactory.create(slug="sea"), TopicFactory.create(slug="ocean")
    child = TopicFactory.create(parent=a)
    pieces = [PublicationFactory.create(published=True, topics=topics) for topics in ([a], [a, b], [b])]
    redirects.address_changed("/topics/waters/", "/topics/sea/", is_prefix=True)
    before = [named(piece) for piece in pieces]
    batch = merging.merge(a, b, None)
    later = PublicationFactory.create(topics=[b])

    batches.undo(batch, UserFactory.create())

    child.refresh_from_db()
    assert ([named(piece) for piece in pieces], named(later), child.parent_id) == (before, {b.name}, a.pk)
    assert (client.get("/topics/sea/").status_code, redirects.resolve("/topics/waters/")) == (200, "/topics/sea/")
    with pytest.raises(NotAllowed):
        batches.undo(batch, UserFactory.create())


def test_j16_nothing_is_merged_into_itself_or_into_what_lies_below_it() -> None:
    a = TopicFactory.create()
    below = TopicFactory.create(parent=TopicFactory.create(parent=a))
    for kept in (a, below, RegionFactory.create()):
        with pytest.raises(NotAllowed):
            merging.merge(a, kept, None)
    assert Batch.objects.count() == 0


@pytest.mark.parametrize("model", ["topic", "region"])
def test_j16_the_desk_shows_what_would_move_before_it_moves(desk: Client, model: str) -> None:
    factory: Any = {"topic": TopicFactory, "region": RegionFactory}[model]
    a, b = factory.create(), factory.create()
    PublicationFactory.create(**{f"{model}s": [a]})
    PublicationFactory.create(**{f"{model}s": [a, b]})
    address = f"/admin/research/{model}/{a.pk}/merge/"
    assert "Merge it into" in desk.get(address).content.decode()
    looked = " ".join(desk.post(address, {"kept": b.pk}).content.decode().split())
    assert ("<b>1</b> publications move, <b>1</b> have both already" in looked, Batch.objects.count()) == (True, 0)
    desk.post(address, {"kept": b.pk, "confirmed": "1"})
    assert {name for piece in Publication.objects.all() for name in named(piece, f"{model}s")} == {b.name}
    desk.post(f"/admin/editorial/batch/{Batch.objects.get().pk}/undo/")
    assert {name for piece in Publication.objects.all() for name in named(piece, f"{model}s")} == {a.name, b.name}


def test_j16_tags_are_merged_by_name(desk: Client) -> None:
    one, two, three = (
        PublicationFactory.create(published=True, tags=tags)
        for tags in (["asean way"], ["asean"], ["asean way", "asean"])
    )
    gone = Tag.objects.get(name="asean way")
    desk.post(f"/admin/taggit/tag/{gone.pk}/merge/", {"kept": "asean", "confirmed": "1"})
    assert [set(piece.tags.names()) for piece in (one, two, three)] == [{"asean"}] * 3
    assert desk.get("/tags/asean-way/")["Location"] == "/tags/asean/"


def test_j16_who_may_not_delete_topics_merges_none(client: Client) -> None:
    a, b = TopicFactory.create(), TopicFactory.create()
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_topic", "change_topic")))
    client.force_login(user)
    assert client.post(f"/admin/research/topic/{a.pk}/merge/", {"kept": b.pk, "confirmed": "1"}).status_code == 403


# --- Tags -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "again",
    [
        " south  china sea ",
        "SOUTH CHINA SEA",
        "Ｓouth China Ｓea",
        "South\u00a0China\tSea",
        "Sôuth Chína Sea",
        "South China Sea",
    ],
)
def test_j16_space_case_width_and_accents_make_no_new_tag(again: str) -> None:
    PublicationFactory.create(tags=["South China Sea"])
    other = PublicationFactory.create(tags=[again])
    assert (list(Tag.objects.values_list("name", flat=True)), list(other.tags.names())) == (
        ["South China Sea"],
        ["South China Sea"],
    )


def test_j16_what_means_something_else_is_another_tag() -> None:
    PublicationFactory.create(tags=["mémoire", "memory", "தமிழ்", "தமழ", "中国", "中國", "  "])
    assert Tag.objects.count() == 6


def test_j16_a_tag_is_not_renamed_to_what_another_is_called(desk: Client) -> None:
    PublicationFactory.create(tags=["asean", "asia"])
    tag = Tag.objects.get(name="asia")
    answer = desk.post(f"/admin/taggit/tag/{tag.pk}/change/", {"name": " ASEAN", "slug": "asia"})
    assert "Merge the two instead" in answer.content.decode()


def test_j16_only_some_roles_make_topics_and_everybody_writing_may_tag() -> None:
    roles.load()
    rights = {
        group.name: set(
            group.permissions.filter(codename__in=("add_topic", "add_tag")).values_list("codename", flat=True)
        )
        for group in Group.objects.all()
    }
    assert rights == {
        "Authors": {"add_tag"}, "Editors": {"add_tag"}, "Publishers": {"add_tag"}, "Administrators": {"add_topic", "add_tag"},
        "Web editors": set(), "At the door": set(),
    }  # fmt: skip


# --- In bulk ------------------------------------------------------------------------------------------------------------
def ask(desk: Client, pieces: list[Publication], stage: str = "", query: str = "", **said: Any) -> Any:
    data = {"action": "change_subjects", "_selected_action": [piece.pk for piece in pieces], **said}
    return desk.post(LIST + query, data | ({"retag": stage} if stage else {}))


def test_j16_count_and_five_examples_come_before_the_change(desk: Client) -> None:
    old, new = TopicFactory.create(name="Old"), TopicFactory.create(name="New")
    pieces = [PublicationFactory.create(topics=[old], title=f"Piece {number}") for number in range(7)]
    already = PublicationFactory.create(topics=[new])
    said = {"add_topics": [new.pk], "remove_topics": [old.pk], "add_tags": "fresh", "remove_tags": ""}

    form = ask(desk, [*pieces, already])
    looked = ask(desk, [*pieces, already], "look", **said)

    page = " ".join(looked.content.decode().split())
    assert "8 publications are chosen" in form.content.decode()
    assert (looked.context["count"], len(looked.context["examples"])) == (8, 5)
    assert "+ New, + fresh, – Old" in page
    assert named(pieces[0]) == {"Old"}

    ask(desk, [*pieces, already], "confirmed", **said)
    assert [named(piece) for piece in pieces] == [{"New"}] * 7
    assert [set(piece.tags.names()) for piece in (pieces[0], already)] == [{"fresh"}, {"fresh"}]
    batch = Batch.objects.get()
    assert (batch.count, batch.summary) == (8, "8 publications: + New, + fresh, – Old")
    assert [revision.note for revision in history.revisions(pieces[0])] == [f"Subjects changed in bulk ({batch.pk})"]


def test_j13_changes_in_bulk_keep_the_order_of_authors(desk: Client) -> None:
    people = [PersonFactory.create(name=name) for name in ("Zainal", "Anna", "Mei")]
    piece, topic = PublicationFactory.create(authors=people), TopicFactory.create()
    ask(desk, [piece], "confirmed", add_topics=[topic.pk])
    assert (named(piece), [one.person for one in piece.authorships.all()]) == ({topic.name}, people)


def test_j16_all_that_a_filter_finds_is_changed_and_nothing_else(desk: Client) -> None:
    topic = TopicFactory.create()
    found = [PublicationFactory.create(published=True) for _number in range(3)]
    draft = PublicationFactory.create()
    ask(desk, found[:1], "confirmed", "?state=published", select_across="1", add_topics=[topic.pk])
    assert [named(piece) for piece in (*found, draft)] == [{topic.name}, {topic.name}, {topic.name}, set()]


def test_j16_a_batch_is_taken_back_and_what_was_changed_since_stays() -> None:
    by, old, new, since = UserFactory.create(), *(TopicFactory.create() for _number in range(3))
    pieces = [PublicationFactory.create(topics=topics, tags=["kept"]) for topics in ([old], [old, new])]
    change = Change({"topics": [new.pk], "tags": ["fresh"]}, {"topics": [old.pk], "tags": ["absent"]})
    batch = retagging.retag(Publication.objects.all(), change, by, summary="x")
    pieces[0].topics.add(since)
    batches.undo(batch, by)
    assert [named(piece) for piece in pieces] == [{old.name, since.name}, {old.name, new.name}]
    assert [set(piece.tags.names()) for piece in pieces] == [{"kept"}, {"kept"}]


def test_j16_what_may_not_be_changed_is_left_out_and_said(client: Client) -> None:
    topic = TopicFactory.create()
    public, draft = PublicationFactory.create(published=True), PublicationFactory.create()
    client.force_login(staff("view", "change"))
    looked = ask(client, [public, draft], "look", add_topics=[topic.pk])
    ask(client, [public, draft], "confirmed", add_topics=[topic.pk])
    assert ("1 is left out: you may not change it" in looked.content.decode(), named(public), named(draft)) == (
        True,
        set(),
        {topic.name},
    )


@pytest.mark.parametrize(
    "said", [{}, {"add_topics": ["x"]}, {"add_topics": ["999999"]}, {"add_tags": "t" * 400}, {"add_tags": "a\0b"}]
)
def test_j16_odd_wishes_change_nothing_and_are_no_error(desk: Client, said: dict[str, Any]) -> None:
    piece = PublicationFactory.create()
    answer = ask(desk, [piece], "confirmed", **said)
    assert (answer.status_code, Batch.objects.count()) == (200, 0)


def test_j16_more_than_a_thousand_at_once_are_refused_with_words(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retagging, "MOST", 2)
    pieces = [PublicationFactory.create() for _number in range(3)]
    assert "Narrow the list" in client_page(desk, ask(desk, pieces))


def client_page(desk: Client, answer: Any) -> str:
    return str(desk.get(answer["Location"]).content.decode())


def test_j16_five_hundred_are_changed_within_ten_seconds_in_one_batch() -> None:
    topic, series = TopicFactory.create(), PublicationFactory.create().series
    Publication.objects.bulk_create(Publication(series=series, title=f"P {n}", slug=f"p-{n}") for n in range(499))
    pieces = list(Publication.objects.prefetch_related("topics", "regions", "tags"))
    started = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        batch = retagging.retag(pieces, Change({"topics": [topic.pk]}, {}), UserFactory.create(), summary="x")
    assert (batch.count, Batch.objects.count(), time.process_time() - started < 10) == (500, 1, True)
    assert len(queries) < 500 * 10
    assert Region.objects.count() == 0


def test_j16_topic_pages_count_what_they_list(client: Client) -> None:
    topic = TopicFactory.create(slug="sea")
    PublicationFactory.create(published=True, topics=[topic])
    PublicationFactory.create(topics=[topic])
    PublicationFactory.create(published=True, topics=[topic], authors=[PersonFactory.create()])
    assert "2 publications" in client.get("/topics/sea/").content.decode()
    tree = client.get("/topics/").context["nodes"]
    assert [count for _node, count in tree] == [2]
