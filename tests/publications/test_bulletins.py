"""Newsletters: numbers, lines, blocks, and what is new since the last issue."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from editorial import history, publishing
from publications import bulletins
from publications.models import BulletinItem, Newsletter, Publication, Series
from publications.typesetting import wanted
from publications.typesetting.manuscript import manuscript
from tests.factories import (
    BulletinItemFactory,
    CentreFactory,
    NewsletterFactory,
    PersonFactory,
    PublicationFactory,
    SeriesFactory,
    UserFactory,
)
from tests.filled_form import read_form

pytestmark = pytest.mark.django_db

Block = BulletinItem.Block


def letters() -> Series:
    return SeriesFactory.create(slug="bulletins-and-newsletters", shape=Series.Shape.NEWSLETTER)


def issue(series: Series, newsletter: Newsletter, title: str = "", **fields: object) -> Publication:
    fields = {"issued_on": timezone.localdate().replace(month=3, day=3), "published": True} | fields
    return PublicationFactory.create(series=series, newsletter=newsletter, title=title, **fields)


def test_issues_are_counted_anew_each_year_and_their_titles_say_so() -> None:
    series, newsletter = letters(), NewsletterFactory.create(name="Think Tank")
    days = [date(2025, 3, 1), date(2025, 6, 1), date(2026, 1, 5)]
    titles = [
        issue(series, newsletter, title, issued_on=day).title for day, title in zip(days, ["", "Rice", ""], strict=True)
    ]
    assert titles == ["Think Tank (1/2025)", "Think Tank (2/2025): Rice", "Think Tank (1/2026)"]


def test_another_number_renames_the_issue_and_saving_again_does_not() -> None:
    one = issue(letters(), NewsletterFactory.create(name="R@R (new)"), "Rice", issue_number=3, issue_year=2026)
    one.issue_number = 4
    one.save()
    one.save()
    assert one.title == "R@R (new) (4/2026): Rice"


def test_a_number_is_given_once() -> None:
    series, newsletter = letters(), NewsletterFactory.create()
    issue(series, newsletter, issue_number=1, issue_year=2026)
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(series, newsletter, issue_number=1, issue_year=2026)


def test_lines_of_one_block_stand_under_one_heading_with_words_of_their_own(client: Client) -> None:
    one = issue(letters(), NewsletterFactory.create(), slug="issue")
    book = PublicationFactory.create(published=True, title="The Book", synopsis="Its synopsis.", series__shape="book")
    BulletinItemFactory.create(issue=one, block=Block.BOOKS, publication=book)
    BulletinItemFactory.create(issue=one, block=Block.BOOKS, headline="Ours", summary="In our words.")
    BulletinItemFactory.create(
        issue=one, block=Block.EVENTS, publication=None, headline="Lunch", summary="At https://example.org/ <b>"
    )
    page = client.get(one.get_absolute_url()).content.decode()
    assert re.findall(r"<h2>([^<]+)</h2>", page.partition('class="bulletin"')[2].partition("<footer")[0]) == [
        "RECENT BOOKS BY STAFF",
        "Events",
    ]
    assert re.findall(r"<h3>(?:<a [^>]+>)?([^<]+)", page.partition('class="bulletin"')[2])[:3] == [
        "The Book",
        "Ours",
        "Lunch",
    ]
    assert ("Its synopsis." in page, "In our words." in page) == (True, True)
    assert '<a href="https://example.org/" rel="nofollow">https://example.org/</a> &lt;b&gt;' in page
    assert 'more info<span class="visually-hidden">: The Book</span>' in page


@pytest.mark.parametrize("state", ["draft", "in_review", "scheduled", "withdrawn", "trashed"])
def test_a_piece_that_is_not_public_leaves_the_issue_its_feed_and_its_pdf(client: Client, state: str) -> None:
    one = issue(letters(), NewsletterFactory.create())
    there = PublicationFactory.create(title="Hidden Thing", **({} if state == "draft" else {state: True}))
    BulletinItemFactory.create(issue=one, publication=there)
    BulletinItemFactory.create(issue=one, publication=PublicationFactory.create(published=True, title="Seen Thing"))
    texts = [
        client.get(one.get_absolute_url()).content.decode(),
        client.get("/publications/bulletins-and-newsletters/feed.atom").content.decode(),
        manuscript(Publication.objects.get(pk=one.pk)).html,
    ]
    assert [("Hidden Thing" in text, "Seen Thing" in text) for text in texts] == [(False, True)] * 3


def test_an_issue_made_ahead_holds_what_will_be_public_on_its_day() -> None:
    day = timezone.now() + timedelta(days=2)
    one = issue(letters(), NewsletterFactory.create(), published=False, state="published", publish_at=day)
    for hours, title in ((-1, "Before"), (1, "After")):
        piece = PublicationFactory.create(state="published", publish_at=day + timedelta(hours=hours), title=title)
        BulletinItemFactory.create(issue=one, publication=piece)
    assert [line.headline for block in bulletins.blocks(one) for line in block.lines] == ["Before"]


def test_a_withdrawal_makes_the_pdf_of_the_issue_stale() -> None:
    one = issue(letters(), NewsletterFactory.create())
    piece = PublicationFactory.create(published=True)
    BulletinItemFactory.create(issue=one, publication=piece)
    before = vars(wanted().get(pk=one.pk))["stamp"]
    publishing.withdraw(piece, "Wrong.", None)
    assert vars(wanted().get(pk=one.pk))["stamp"] != before


@pytest.mark.parametrize("count", [1, 3])
def test_an_issue_costs_the_same_for_one_line_and_for_three(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = issue(letters(), NewsletterFactory.create())
    for _each in range(count):
        piece = PublicationFactory.create(published=True, authors=[PersonFactory.create()])
        BulletinItemFactory.create(issue=one, publication=piece)
    another = issue(one.series, NewsletterFactory.create())
    for address in ("/", another.get_absolute_url()):  # the catalogue; and PostgreSQL prepares each statement
        client.get(address)
    with django_assert_num_queries(STATEMENTS_OF_AN_ISSUE):
        client.get(one.get_absolute_url())


STATEMENTS_OF_AN_ISSUE = 10


def test_lines_are_part_of_every_revision() -> None:
    one = issue(letters(), NewsletterFactory.create())
    BulletinItemFactory.create(issue=one, headline="First")
    kept = history.snapshot(one)
    one.bulletin_items.all().delete()
    history.apply(one, kept)
    assert [item.headline for item in one.bulletin_items.all()] == ["First"]


# --- What is new ------------------------------------------------------------------------------------------------------
def at(day: int) -> datetime:
    return datetime(2026, 3, day, 2, tzinfo=UTC)


def piece_of(day: int, title: str, shape: str = "commentary", **fields: object) -> Publication:
    return PublicationFactory.create(
        title=title, series__shape=shape, state="published", publish_at=at(day), first_published_at=at(day), **fields
    )


@time_machine.travel(at(20), tick=False)
def test_newest_is_what_appeared_since_the_last_issue_of_this_newsletter() -> None:
    series, newsletter = letters(), NewsletterFactory.create()
    issue(series, newsletter, published=False, state="published", publish_at=at(5), issued_on=at(5).date())
    issue(
        series,
        NewsletterFactory.create(),
        published=False,
        state="published",
        publish_at=at(15),
        issued_on=at(15).date(),
    )
    coming = issue(series, newsletter, published=False, issued_on=at(20).date())
    piece_of(4, "Before it")
    taken = piece_of(9, "In it already")
    BulletinItemFactory.create(issue=coming, publication=taken, block=Block.FEATURED)
    piece_of(10, "New")
    piece_of(11, "Newer")
    piece_of(25, "To come")
    piece_of(12, "A book", "book")
    assert [piece.title for piece in bulletins.newest(coming, Block.COMMENTARIES)] == ["Newer", "New"]
    assert [piece.title for piece in bulletins.newest(coming, Block.WORKS)] == ["A book"]
    newsletter.centre = CentreFactory.create()
    newsletter.save()
    Publication.objects.get(title="New").centres.add(newsletter.centre)
    coming.refresh_from_db()
    assert [piece.title for piece in bulletins.newest(coming, Block.COMMENTARIES)] == ["New"]


@time_machine.travel(at(20), tick=False)
def test_what_is_added_stands_behind_the_lines_of_its_block_and_only_once() -> None:
    coming = issue(letters(), NewsletterFactory.create(), published=False, issued_on=at(20).date())
    piece_of(10, "New")
    BulletinItemFactory.create(issue=coming, position=1, headline="First", block=Block.COMMENTARIES)
    BulletinItem.objects.filter(headline="First").update(publication=piece_of(1, "Old"))
    BulletinItemFactory.create(issue=coming, position=2, headline="Last", block=Block.TEXT, publication=None)
    added = [bulletins.add_newest(coming, Block.COMMENTARIES) for _twice in range(2)]
    assert added == [1, 0]
    assert [item.headline or item.publication.title for item in coming.bulletin_items.all()] == ["First", "New", "Last"]


# --- The desk ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def test_one_click_saves_the_form_and_adds_the_newest(desk: Client) -> None:
    coming = issue(letters(), NewsletterFactory.create(name="Think Tank"), published=False)
    PublicationFactory.create(published=True, title="New", series__shape="commentary")
    address = reverse("admin:publications_publication_change", args=[coming.pk])
    fields = read_form(desk.get(address).content) | {"synopsis": "Typed.", "_add_newest": "commentaries"}
    response = desk.post(address, fields, follow=True)
    coming.refresh_from_db()
    assert (coming.synopsis, [str(item) for item in coming.bulletin_items.all()]) == ("Typed.", ["Commentaries: New"])
    assert "1 piece added, the newest first." in response.content.decode()
    assert history.latest(coming).data["children"]["bulletin_items"][0]["block"] == "commentaries"


def test_rows_are_kept_in_the_order_of_their_figures_and_faults_stand_beside_them(desk: Client) -> None:
    coming = issue(letters(), NewsletterFactory.create(), published=False)
    for headline in ("A", "B"):
        BulletinItemFactory.create(issue=coming, headline=headline)
    address = reverse("admin:publications_publication_change", args=[coming.pk])
    fields = read_form(desk.get(address).content) | {"bulletin_items-0-position": "9", "bulletin_items-1-position": "2"}
    desk.post(address, fields)
    assert [(item.position, item.headline) for item in coming.bulletin_items.all()] == [(1, "B"), (2, "A")]
    fields = read_form(desk.get(address).content) | {
        "bulletin_items-0-publication": "",
        "bulletin_items-0-publication_words": "",
    }
    page = desk.post(address, fields).content.decode()
    assert "Choose the publication, or make the line an event or free text." in page


def test_an_issue_needs_no_title_once_its_newsletter_is_chosen(desk: Client) -> None:
    series, newsletter = letters(), NewsletterFactory.create(name="Think Tank")
    address = f"{reverse('admin:publications_publication_add')}?series={series.pk}"
    fields = read_form(desk.get(address).content) | {"title": ""}
    assert "choose its newsletter below" in desk.post(address, fields).content.decode()
    desk.post(address, fields | {"newsletter": str(newsletter.pk), "issued_on": "2026-03-03"})
    assert Publication.objects.get().title == "Think Tank (1/2026)"


def test_only_newsletters_have_lines(desk: Client) -> None:
    piece = PublicationFactory.create()
    page = desk.get(reverse("admin:publications_publication_change", args=[piece.pk])).content.decode()
    assert "bulletin_items" not in page
