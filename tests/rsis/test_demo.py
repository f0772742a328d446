"""The demonstration: what it must contain, that it is our own and unrepeated, and that it can be stopped and resumed."""

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from io import StringIO
from itertools import count
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from lxml import html as lxml_html
from pytest_django.plugin import DjangoDbBlocker

from editorial.html import clean
from editorial.models import DocumentVersion, Image, State, User
from events.checking_in import counts
from events.models import Registration, RegistrationDesk
from institution.models import Honour, Page, Vacancy
from mail.models import Letter
from people.models import Appointment, Person, StaffGroup, StaffProfile
from publications.models import NumberEntry, Publication, ReaderResponse, Series
from publications.numbering import gaps, parse
from publications.readiness import problems
from research.models import ResearchCentre
from rsis.demo import bulk, content, lightmark, population, records, school
from rsis.demo.progress import Bar
from rsis.models import Slot

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
WRITTEN = 143


@pytest.fixture(autouse=True, scope="module")
def that_day() -> Iterator[None]:
    """What was to appear tomorrow still is, whenever this is run."""
    with time_machine.travel(datetime.combine(TODAY, time(12), tzinfo=UTC)):
        yield


@pytest.fixture(scope="module")
def loaded(
    that_day: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The whole written set, loaded once for this module and taken back afterwards; each test is undone within it."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        yield content.load(TODAY).created
        transaction.set_rollback(True)


def published() -> list[Publication]:
    return list(Publication.objects.published().select_related("series").order_by("pk"))


def paragraphs(html: str) -> list[str]:
    if not html:
        return []
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    return [text for block in root.iter("p", "li") if (text := " ".join(block.text_content().split()))]


def test_the_written_set_is_complete(loaded: int) -> None:
    assert loaded == WRITTEN == Publication.objects.count() == len(content.written())
    assert Person.objects.count() == 62


def test_every_series_of_every_family_has_something_to_read(loaded: int) -> None:
    used = set(Publication.objects.published().values_list("series_id", flat=True))
    assert [series for series in Series.objects.all() if series.pk not in used] == []


def test_loading_again_writes_nothing(loaded: int) -> None:
    def figures() -> tuple[int, ...]:
        models = (Publication, Person, Image, DocumentVersion, NumberEntry, ReaderResponse, Slot, Appointment, User)
        return tuple(model._default_manager.count() for model in models)

    before = figures()
    assert content.load(TODAY).created == 0
    assert figures() == before


def test_no_paragraph_is_used_twice(loaded: int) -> None:
    used = Counter(
        paragraph
        for piece in Publication.objects.all()
        for paragraph in paragraphs(piece.body) + paragraphs(piece.transcript)
    )
    assert [paragraph for paragraph, times in used.items() if times > 1] == []


def test_no_synopsis_or_title_is_used_twice(loaded: int) -> None:
    for field in ("title", "synopsis"):
        values = list(Publication.objects.exclude(synopsis="").values_list(field, flat=True))
        assert len(set(values)) == len(values)


def test_what_is_published_here_is_long_enough_to_judge_a_page_by(loaded: int) -> None:
    own = [piece for piece in published() if piece.series.family != Series.Family.EXTERNAL]
    # An issue has its lines besides, and a minute of silence few words.
    written = [piece for piece in own if not (piece.newsletter_id or piece.recording_id)]
    lengths = {
        piece.title: len(f"{piece.body} {piece.transcript} {piece.notes_to_editors}".split()) for piece in written
    }
    assert {title: words for title, words in lengths.items() if words < 300} == {}
    assert len([words for words in lengths.values() if words > 1200]) >= 2


def test_texts_are_stored_as_the_cleaner_leaves_them(loaded: int) -> None:
    for piece in Publication.objects.all():
        assert (clean(str(piece.body)), clean(str(piece.transcript))) == (piece.body, piece.transcript)


def test_no_mark_of_the_source_survives_into_a_text(loaded: int) -> None:
    for piece in Publication.objects.all():
        left = re.findall(
            r"\^\[|\*\*|(?<!\w)\*\w|\]\(|^[!|>#] ", lxml_html.fromstring(f"<div>{piece.body}</div>").text_content()
        )
        assert left == [], piece.title


def test_the_set_shows_the_whole_furniture_of_an_article(loaded: int) -> None:
    together = "".join(piece.body for piece in published())
    marks = (
        '<sup class="fn"',
        "<table>",
        '<th scope="row">',
        "<caption>",
        '<blockquote class="pull">',
        "<ul>",
        "<ol>",
        "<h3>",
    )
    assert [mark for mark in marks if mark not in together] == []
    assert max(len(piece.title.split()) for piece in published()) >= 14
    assert max(piece.authorships.count() for piece in published()) == 5


def test_nothing_that_is_published_lacks_what_publication_requires(loaded: int) -> None:
    found = [
        (piece.title, problem.message)
        for piece in published()
        for problem in problems(piece)
        if problem.level == "error"
    ]
    assert found == []


def test_editors_meet_every_state(loaded: int) -> None:
    states = Counter(Publication.objects.values_list("state", flat=True))
    assert states == {State.PUBLISHED: WRITTEN - 3, State.DRAFT: 1, State.IN_REVIEW: 1, State.WITHDRAWN: 1}
    assert Publication.objects.scheduled().count() == 1
    assert Publication.objects.published().count() == WRITTEN - 4


def test_numbers_are_in_the_register_and_follow_their_pattern(loaded: int) -> None:
    numbered = Publication.objects.exclude(number=None).select_related("series", "number_entry")
    for piece in numbered:
        assert piece.number_entry.number == piece.number
        assert parse(piece.series, piece.number or "") == (piece.number_entry.period, piece.number_entry.sequence)
    commentaries = Series.objects.get(slug="rsis-commentary-series")
    assert len(gaps(commentaries, 2026)) == 1
    assert NumberEntry.objects.filter(publication=None).exclude(reason="").count() == 1


def test_numbers_of_a_year_run_in_order_of_date(loaded: int) -> None:
    days = list(
        Publication.objects.filter(number__startswith="CO26").order_by("number").values_list("issued_on", flat=True)
    )
    assert days == sorted(days)


def test_every_staff_group_and_the_board_have_members_and_some_have_left(loaded: int) -> None:
    assert {group for group in StaffGroup if not Appointment.objects.filter(staff_group=group).exists()} == set()
    assert Appointment.objects.filter(ended_on__lt=TODAY).count() == 5
    assert Person.objects.filter(profile=None, authorships__isnull=False).distinct().count() >= 8
    assert StaffProfile.objects.published().count() == 51


def test_pieces_answer_each_other_and_readers_answer_them(loaded: int) -> None:
    assert Publication.objects.exclude(responds_to=None).count() == 1
    assert Publication.objects.exclude(part_of=None).count() == 4
    verdicts = Counter(ReaderResponse.objects.values_list("verdict", flat=True))
    assert verdicts == {"approved": 3, "waiting": 3}


def test_authors_are_printed_with_the_post_they_held_then(loaded: int) -> None:
    left = Publication.objects.filter(title__startswith="Who Speaks for the River").get()
    printed = {authorship.name: authorship.printed_affiliation for authorship in left.authorships.all()}
    assert printed["Phạm Ngọc Diễm Linh"].startswith("An independent researcher")


def test_dates_are_relative_to_the_day_of_loading(loaded: int) -> None:
    newest = Publication.objects.published().order_by("-issued_on").values_list("issued_on", flat=True)[0]
    assert (TODAY - newest).days == 1


def test_an_address_of_a_public_site_is_refused(loaded: int, settings: pytest.FixtureRequest) -> None:
    with override_settings(DEBUG=False), pytest.raises(CommandError, match="--yes-this-is-not-production"):
        call_command("demo")


@override_settings(DEBUG=False)
def test_a_site_with_publications_is_left_alone_if_asked(loaded: int) -> None:
    out = StringIO()
    call_command("demo", "--if-empty", stdout=out)
    assert out.getvalue() == ""


def test_composed_pieces_are_stored_as_the_desk_would_store_them(loaded: int) -> None:
    bulk.add_people(70, seed=1)
    assert Person.objects.count() == 70
    assert list(bulk.compose(WRITTEN + 75, seed=1, today=TODAY)) == [WRITTEN + 75]
    composed = Publication.objects.order_by("-pk")[:75]
    for piece in composed:
        assert (clean(str(piece.body)), clean(str(piece.transcript))) == (piece.body, piece.transcript)
        assert piece.publish_at is not None
        assert piece.first_published_at == piece.publish_at <= timezone.now()
        assert piece.series.is_numbered == bool(piece.number) == hasattr(piece, "number_entry")
        assert min(piece.authorships.count(), piece.topics.count(), piece.regions.count(), piece.tags.count()) >= 1
        assert [problem for problem in problems(piece) if problem.level == "error"] == []
        piece.full_clean()


def test_the_same_seed_composes_the_same_pieces(loaded: int) -> None:
    def titles(seed: int) -> list[str]:
        composer = bulk.Composer(1000, seed, TODAY)
        return [draft.piece.title for draft in composer.new_drafts(tuple(range(200, 220)))]

    assert titles(1) == titles(1)
    assert titles(1) != titles(2)


def test_a_load_that_is_stopped_keeps_whole_batches_and_goes_on_from_there(
    loaded: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 20)
    start, shown = Publication.objects.count(), count(1)

    def stop_at_the_second(self: Bar, done: int) -> None:
        if next(shown) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    arguments = ("demo", "--publications", str(start + 90), "--today", "2026-11-23", "--yes-this-is-not-production")
    with monkeypatch.context() as once:
        once.setattr(Bar, "show", stop_at_the_second)
        with pytest.raises(SystemExit) as stopped:
            call_command(*arguments, stdout=StringIO(), stderr=StringIO())
    assert (stopped.value.code, Publication.objects.count()) == (143, start + 40)
    call_command(*arguments, stdout=StringIO(), stderr=StringIO())
    assert Publication.objects.count() == start + 90


def test_keys_of_the_texts_lead_somewhere() -> None:
    written = {record.key for record in content.written()}
    people = {record.key for record in records.read("people*.txt")}
    pictures = {record.key for record in records.read("pictures.txt")}
    for record in content.written():
        signatures = {signature.partition(":")[0].strip() for signature in record.get("by").split(";")} - {""}
        assert signatures <= people
        assert {record.get("responds_to"), record.get("part_of")} - {""} <= written
        assert {record.get("image")} - {""} <= pictures
    assert {record.get("on") for record in records.read("desk.txt")} <= written
    for record in records.read("projects.txt"):
        keys = {line.partition(":")[0].strip() for line in record.get("by").split(";")}
        assert {key for key in keys if "(" not in key} <= people
        assert set(record.words("outputs")) <= written


def is_filled(context: Any) -> bool:
    """A list with something in it, a page of people, or a page of the tree with a text."""
    if "listing" in context:
        return bool(context["listing"].count)
    return bool(context["groups"] if "groups" in context else context["source"].body)


def test_every_unit_has_a_head_people_projects_and_pages_that_are_not_empty(loaded: int, client: Client) -> None:
    found = {}
    for unit in ResearchCentre.objects.all():
        home = client.get(unit.get_absolute_url()).context
        listed = [client.get(address).context for _label, address in home["unit"].links]
        filled = [is_filled(context) for context in listed]
        found[unit.slug] = (bool(home["heads"]), len(home["projects"]) >= 3, bool(home["lead"]), all(filled))
    assert found == dict.fromkeys(found, (True,) * 4)
    assert len(found) == 18


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("## A *heading*", "<h2>A <em>heading</em></h2>"),
        ("It's \"so\".", "<p>It’s “so”.</p>"),
        ("a & b^[see [this](/about/)]", '<p>a &amp; b<sup class="fn" data-note="see &lt;a href=&quot;/about/&quot;&gt;this&lt;/a&gt;"></sup></p>'),
        ("> Short.", '<blockquote class="pull"><p>Short.</p></blockquote>'),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        (
            "! Title\n| | A |\n| b | 1 |",
            '<table><caption>Title</caption><thead><tr><td></td><th scope="col">A</th></tr></thead><tbody><tr><th scope="row">b</th><td>1</td></tr></tbody></table>',
        ),
    ],
)  # fmt: skip
def test_light_marks_become_html(text: str, html: str) -> None:
    assert lightmark.to_html(text) == html


INSTITUTION = {
    "about": "introduction building-the-foundations welcome-message honours-and-awards endowment-fund endowed-professorships"
    " career-opportunities getting-to-rsis",
    "graduate-education": "graduate-programmes-office exchange-partners-and-programmes how-to-apply financial-assistance"
    " meet-the-admissions-team alumni",
    "outreach": "global-networks executive-education international-programmes",
    "outreach/global-networks": "about alumni",
    "outreach/executive-education": "about srp-executive-programme terrorism-analyst-training-course",
    "outreach/international-programmes": "about appsmo appsno iccs isf-asia",
}


def test_every_page_of_the_menu_is_there_and_no_link_in_a_text_is_dead(loaded: int, client: Client) -> None:
    wanted = {f"/{above}/{last}/" for above, names in INSTITUTION.items() for last in ("", *names.split())}
    pages = {page.get_absolute_url(): page for page in Page.objects.published().select_related("centre")}
    assert {address.replace("//", "/") for address in wanted} | {
        "/terms/",
        "/privacy/",
        "/accessibility/",
    } <= pages.keys()
    links = {link for page in pages.values() for link in re.findall('href="(/[^"#]*)', page.body)}
    assert {link for link in links | pages.keys() if client.get(link).status_code != 200} == set()


def test_loading_the_pages_again_changes_nothing(loaded: int) -> None:
    before = (Page.objects.count(), Vacancy.objects.count(), Honour.objects.count())
    user = User.objects.get(username="admin")
    people = {
        record.key: Person.objects.get(slug=population.slug_of(record.get("name")))
        for record in records.read("people.txt")
    }
    assert school.load(TODAY, user, people, {}, {}) == 0
    assert (Page.objects.count(), Vacancy.objects.count(), Honour.objects.count()) == before


def test_desk_door_and_badges_of_the_demonstration_have_people_of_every_state(loaded: int) -> None:
    found = {
        desk.event.title.partition(":")[0].partition("?")[0]: {
            name: many for name, many in counts(desk).items() if many
        }
        for desk in RegistrationDesk.objects.filter(registrations__isnull=False).distinct().order_by("event__starts_at")
    }
    assert found == {
        "Quiet Rules for Crowded Straits": {"confirmed": 6, "cancelled": 1, "seats": 6, "here": 5, "walked_in": 1},
        "Who Brings the Ship In": {"confirmed": 10, "cancelled": 1, "seats": 10},
        "Reading a Defence Budget": {"confirmed": 2, "pending": 2, "seats": 2},
        "Nine Moves to a Blackout": {"confirmed": 4, "waiting": 3, "cancelled": 1, "seats": 4},
    }
    assert (Registration.objects.exclude(needs="").count(), Letter.objects.count()) == (13, 0)
