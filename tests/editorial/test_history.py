"""Whole-item revisions, what differs between them, and back to them (J8)."""

import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editorial import compare, history, saving
from editorial.models import DocumentVersion, Revision, User
from publications.models import Authorship, Publication
from tests.factories import (
    AuthorshipFactory,
    DocumentFactory,
    DocumentVersionFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    TopicFactory,
    UserFactory,
)
from tests.filled_form import staff

pytestmark = pytest.mark.django_db

NOTED = '<p>The pact<sup class="fn" data-note="Signed in &lt;em&gt;1967&lt;/em&gt;.">1</sup> holds.</p>'
HISTORY = "/admin/publications/publication/{}/history/"


def content(piece: Publication) -> dict[str, Any]:
    """Everything of a snapshot that is not words for people."""
    data = history.snapshot(Publication.objects.get(pk=piece.pk))
    return {kind: data[kind] for kind in history.KINDS}


def revision_of(piece: Publication) -> Revision:
    revision = saving.record(piece, None)
    assert revision is not None
    return revision


WORDS = st.text("abc <&>é南", max_size=12)
CHANGES = st.fixed_dictionaries(
    {
        "title": st.text("abcd é", min_size=1, max_size=20).map(lambda words: words.strip() or "t"),
        "synopsis": WORDS,
        "body": st.lists(st.sampled_from([NOTED, "<p>one</p>", "<h2>two</h2>", "<ul><li>three</li></ul>"])).map(
            "".join
        ),
        "issued_on": st.dates(min_value=timezone.localdate().replace(year=1996)),
        "allow_responses": st.booleans(),
        "topics": st.sets(st.integers(0, 2)),
        "regions": st.sets(st.integers(0, 2)),
        "tags": st.sets(st.sampled_from(["asean", "navy", "trade"])),
        "authors": st.lists(st.integers(0, 3), unique=True),
        "affiliation": WORDS,
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=CHANGES, after=CHANGES)
def test_restoring_brings_back_exactly_what_was_there(before: dict[str, Any], after: dict[str, Any]) -> None:
    people, topics = PersonFactory.create_batch(4), TopicFactory.create_batch(3)
    regions, piece = RegionFactory.create_batch(3), PublicationFactory()

    def write(values: dict[str, Any]) -> None:
        item = Publication.objects.get(pk=piece.pk)
        for name in ("title", "synopsis", "body", "issued_on", "allow_responses"):
            setattr(item, name, values[name])
        item.save()
        item.topics.set([topics[index] for index in values["topics"]])
        item.regions.set([regions[index] for index in values["regions"]])
        item.tags.set(values["tags"])
        item.authorships.all().delete()
        for position, index in enumerate(values["authors"]):
            AuthorshipFactory(
                publication=item, person=people[index], position=position, printed_affiliation=values["affiliation"]
            )

    write(before)
    first = content(piece)
    revision = revision_of(Publication.objects.get(pk=piece.pk))
    write(after)

    missing = saving.restore(Publication.objects.get(pk=piece.pk), revision, None)

    assert missing == []
    assert content(piece) == first


def test_restoring_keeps_order_and_keys_of_authors_and_makes_a_new_revision() -> None:
    first, second, by = PersonFactory(), PersonFactory(), UserFactory()
    piece = PublicationFactory(authors=[first, second], body=NOTED, tags=["asean"])
    keys = list(piece.authorships.values_list("pk", flat=True))
    revision = revision_of(piece)
    piece.authorships.update(position=9)
    Authorship.objects.filter(person=first).delete()
    piece.body = ""
    piece.save()
    piece.tags.clear()
    saving.record(piece, None)

    missing = saving.restore(piece, revision, by)

    assert missing == []
    assert list(piece.authorships.values_list("pk", "person")) == [(keys[0], first.pk), (keys[1], second.pk)]
    assert Publication.objects.get(pk=piece.pk).body == revision.data["fields"]["body"]
    assert 'data-note="Signed in' in Publication.objects.get(pk=piece.pk).body
    newest = history.latest(piece)
    assert newest is not None
    assert (newest.number, newest.by, newest.note) == (3, by, "Restored revision 1")


def test_restoring_does_not_touch_the_state() -> None:
    piece = PublicationFactory(published=True, title="Then")
    revision = revision_of(piece)
    piece.title = "Now"
    piece.save()
    before = (piece.state, piece.publish_at, piece.first_published_at)

    saving.restore(piece, revision, None)

    found = Publication.objects.get(pk=piece.pk)
    assert found.title == "Then"
    assert (found.state, found.publish_at, found.first_published_at) == before


def test_what_is_gone_is_said_by_name_and_left_out() -> None:
    topic, region, person = TopicFactory(name="Piracy"), RegionFactory(), PersonFactory(name="Ghost Writer")
    answered = PublicationFactory(title="The first word")
    piece = PublicationFactory(topics=[topic], regions=[region], authors=[person], responds_to=answered)
    revision = revision_of(piece)
    piece.authorships.all().delete()
    for row in (topic, person, answered):
        row.delete()
    piece = Publication.objects.get(pk=piece.pk)

    missing = saving.restore(piece, revision, None)

    assert sorted(missing) == ["Ghost Writer", "Piracy", "The first word"]
    assert list(piece.regions.all()) == [region]
    assert piece.responds_to is None


def test_an_address_that_another_item_has_taken_stays_with_it() -> None:
    piece = PublicationFactory(slug="straits")
    revision = revision_of(piece)
    piece.slug = "narrows"
    piece.save()
    PublicationFactory(series=piece.series, slug="straits")

    missing = saving.restore(piece, revision, None)

    assert missing == ["address “straits”, which another item has taken since"]
    assert Publication.objects.get(pk=piece.pk).slug == "narrows"


def test_a_replaced_file_comes_back_as_the_newest_version_behind_the_same_address() -> None:
    document = DocumentFactory()
    piece = PublicationFactory(document=document)
    old = document.versions.get()
    revision = revision_of(piece)
    DocumentVersionFactory(document=document, number=2)
    replaced = saving.record(Publication.objects.get(pk=piece.pk), None)

    saving.restore(Publication.objects.get(pk=piece.pk), revision, None)

    assert replaced is not None
    assert replaced.changed == ["document.file"]
    document.refresh_from_db()
    assert document.current is not None
    assert (document.current.number, document.current.sha256) == (3, old.sha256)
    assert DocumentVersion.objects.filter(document=document).count() == 3


# --- Differences ----------------------------------------------------------------------------------------------------


def test_texts_are_compared_word_by_word() -> None:
    assert compare.text("The old pact holds", "The new pact holds well") == (
        "<p>The <del>old</del><ins>new</ins> pact holds<ins> well</ins></p>"
    )


def test_rich_texts_are_compared_as_read_with_notes_and_addresses_written_out() -> None:
    before = '<h2>Peace</h2><p>See <a href="https://a.example/">this</a>.</p>'
    after = '<h2>Peace</h2><p>See <a href="https://b.example/">this</a><sup class="fn" data-note="A note.">1</sup>.</p>'

    shown = compare.rich(before, after)

    assert shown.startswith("<p>Heading 2: Peace</p><p>See this &lt;https://")
    assert "<del>a</del><ins>b</ins>.example" in shown
    assert "note: A note." in shown.replace("<ins>", "").replace("</ins>", "")


def test_long_unchanged_stretches_are_counted_not_shown() -> None:
    same = [f"<p>Paragraph {n}</p>" for n in range(30)]

    shown = compare.rich("".join([*same, "<p>old</p>"]), "".join([*same, "<p>new</p>"]))

    assert (
        shown == '<p class="unchanged">29 passages unchanged</p><p>Paragraph 29</p><p><del>old</del><ins>new</ins></p>'
    )


def test_only_the_formatting_differs_is_said() -> None:
    assert "Only the formatting differs" in compare.rich("<p>One <em>word</em></p>", "<p>One word</p>")


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<ins>a</ins>"])
def test_no_markup_of_the_texts_reaches_the_comparison(hostile: str) -> None:
    shown = compare.text(f"before {hostile}", hostile)
    title = compare.differences(
        Publication,
        {"fields": {"title": hostile}, "sets": {"tags": [hostile]}, "children": {}, "labels": {}},
        {"fields": {"title": "x"}, "sets": {"tags": []}, "children": {}, "labels": {}},
    )

    for markup in (shown, *(part.html for part in title)):
        assert "<script" not in markup
        assert "<img" not in markup
        assert markup.count("<ins>") == markup.count("</ins>")


def test_lists_tell_moved_authors_from_new_ones() -> None:
    first, second, third = (PersonFactory(name=name) for name in ("Ann", "Ben", "Cay"))
    piece = PublicationFactory(authors=[first, second])
    before = history.snapshot(piece)
    piece.authorships.filter(person=first).update(position=5)
    AuthorshipFactory(publication=piece, person=third, position=6)

    (difference,) = compare.differences(Publication, before, history.snapshot(piece))

    assert difference.label == "Authors"
    assert difference.html == (
        "<ol><li><ins>Ben · Author</ins> <span>(moved)</span></li><li>Ann · Author</li>"
        "<li><del>Ben · Author</del> <span>(moved)</span></li><li><ins>Cay · Author</ins></li></ol>"
    )


def test_dates_references_and_choices_are_compared_in_words() -> None:
    piece = PublicationFactory(issued_on="2025-03-19", date_precision="day", series__name="RSIS Commentary")
    piece.refresh_from_db()
    before = history.snapshot(piece)
    piece.issued_on, piece.date_precision, piece.allow_responses = (
        timezone.localdate().replace(2025, 3, 20),
        "month",
        False,
    )

    found = {part.label: part.html for part in compare.differences(Publication, before, history.snapshot(piece))}

    assert found == {
        "Date as printed": "<p><del>19 March 2025</del> <ins>20 March 2025</ins></p>",
        "Shown to the": "<p><del>Day</del> <ins>Month</ins></p>",
        "Readers may respond": "<p><del>yes</del> <ins>no</ins></p>",
    }


@pytest.mark.parametrize("shape", ["one paragraph", "many paragraphs", "the same word"])
def test_comparing_texts_of_forty_thousand_words_takes_seconds_at_most(shape: str) -> None:
    words = [f"word{n}" for n in range(40_000)] if shape != "the same word" else ["a"] * 40_000
    joint = " " if shape == "one paragraph" else "</p><p>"
    old, new = (f"<p>{joint.join(part)}</p>" for part in (words, [*words[::-1], "b"]))

    started = time.perf_counter()
    compare.rich(old, new)

    assert time.perf_counter() - started < 20


# --- The screens ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def revisions(piece: Publication, count: int, by: User | None = None) -> None:
    data = history.snapshot(piece)
    Revision.objects.bulk_create(
        Revision(item=piece, number=number, data=data, changed=["body"], by=by, note=f"note {number}")
        for number in range(1, count + 1)
    )


def test_a_history_of_500_revisions_opens_with_as_many_statements_as_one_of_two(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    short, long = PublicationFactory(body="<p>word</p>" * 2000), PublicationFactory(body="<p>word</p>" * 2000)
    revisions(short, 2)
    revisions(long, 500, UserFactory(first_name="Ada", last_name="Tan"))
    desk.get(HISTORY.format(short.pk))

    with django_assert_max_num_queries(9) as spent:
        page = desk.get(HISTORY.format(short.pk))
    with django_assert_max_num_queries(len(spent)):
        started = time.perf_counter()
        page = desk.get(HISTORY.format(long.pk))
        taken = time.perf_counter() - started

    text = page.content.decode()
    assert text.count("<tr>") == 501
    assert "Ada Tan" in text
    assert "note 500" in text
    assert "Text" in text
    assert taken < 3  # 0.5 s on the machine it was written on, with room for a busy one


def test_any_two_revisions_can_be_compared_whichever_is_named_first(desk: Client) -> None:
    piece = PublicationFactory(title="Old words")
    saving.record(piece, None)
    piece.title = "New words"
    piece.save()
    saving.record(piece, None)

    forth, back = (desk.get(HISTORY.format(piece.pk) + f"compare/?{pair}") for pair in ("from=1&to=2", "from=2&to=1"))

    assert "<del>Old</del><ins>New</ins> words" in forth.content.decode()
    assert "<del>Old</del><ins>New</ins> words" in back.content.decode()


def test_restoring_asks_first_and_then_shows_the_item(desk: Client) -> None:
    piece = PublicationFactory(title="Then")
    saving.record(piece, None)
    piece.title = "Now"
    piece.save()
    saving.record(piece, None)
    address = HISTORY.format(piece.pk) + "1/"

    asked = desk.get(address)
    refused = desk.get(address + "restore/")
    done = desk.post(address + "restore/", {"version": "2"}, follow=True)

    assert "<del>Now</del><ins>Then</ins>" in asked.content.decode()
    assert refused.status_code == 405
    assert "Revision 1 is restored" in done.content.decode()
    assert Publication.objects.get(pk=piece.pk).title == "Then"


def test_restoring_is_refused_when_the_item_was_saved_meanwhile(desk: Client) -> None:
    piece = PublicationFactory(title="Then")
    saving.record(piece, None)
    piece.title = "Now"
    piece.save()
    saving.record(piece, None)

    answer = desk.post(HISTORY.format(piece.pk) + "1/restore/", {"version": "1"}, follow=True)

    assert "Nothing was restored" in answer.content.decode()
    assert Publication.objects.get(pk=piece.pk).title == "Now"


SCREENS = ["", "compare/?from=1&to=1", "1/"]


@pytest.mark.parametrize("screen", SCREENS)
def test_history_is_closed_to_staff_who_may_not_change_the_item(client: Client, screen: str) -> None:
    piece = PublicationFactory(title="Secret")
    saving.record(piece, None)
    client.force_login(staff("view"))

    answer = client.get(HISTORY.format(piece.pk) + screen)

    assert answer.status_code == 403
    assert "Secret" not in answer.content.decode()


def test_restoring_is_closed_to_staff_who_may_not_change_the_item(client: Client) -> None:
    piece = PublicationFactory(title="Now")
    saving.record(piece, None)
    client.force_login(staff("view"))

    assert client.post(HISTORY.format(piece.pk) + "1/restore/", {"version": "1"}).status_code == 403
    assert history.revisions(piece).count() == 1


@pytest.mark.parametrize("screen", ["{}/", "compare/?from=1&to={}", "compare/?from={}&to={}", "compare/?from=&to=x"])
def test_the_revision_of_another_item_is_not_found_by_its_key(desk: Client, screen: str) -> None:
    mine, other = PublicationFactory(), PublicationFactory(title="Secret")
    saving.record(mine, None)
    foreign = Revision.objects.create(item=other, number=77, data=history.snapshot(other))
    keys = [foreign.pk if foreign.pk != 1 else foreign.number] * screen.count("{}")

    assert desk.get(HISTORY.format(mine.pk) + screen.format(*keys)).status_code == 404
    assert desk.get(HISTORY.format(mine.pk) + screen.format(*[77] * len(keys))).status_code == 404
