"""The menu: 93 nodes from one source in two looks, leaving out by itself what is not public, held without a statement."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from lxml import html as lxml_html
from pytest_django import DjangoAssertNumQueries, Settings

from editorial import publishing, redirects
from editorial.models import Redirect
from publications import seed as publications_seed
from publications.models import Series
from research import seed as research_seed
from rsis import arranging, menu_seed, navigation
from rsis.models import MenuItem
from rsis.targets import clean_address, target_of, with_targets
from tests import stand_ins
from tests.factories import CentreFactory, PersonFactory, PublicationFactory, SeriesFactory
from tests.menu_nodes import NODES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def read_anew() -> None:
    navigation.hold()


@pytest.fixture
def seeded(settings: Settings) -> Iterator[None]:
    """The menu of the school over the records it leads to; plain pages where others are still to come."""
    settings.ROOT_URLCONF = "tests.stand_ins"
    publications_seed.load()
    research_seed.load()
    menu_seed.load()
    yield
    navigation.hold()


def item(label: str, address: str, parent: MenuItem | None = None, **more: object) -> MenuItem:
    position = MenuItem.objects.filter(parent=parent).count() + 1
    return MenuItem.objects.create(label=label, address=address, parent=parent, position=position, **more)


def labels() -> list[str]:
    """Every label readers see in the menu, in its order."""
    navigation.hold()
    found: list[str] = []

    def walk(nodes: tuple[navigation.Node, ...]) -> None:
        for node in nodes:
            found.append(node.label)
            walk(node.children)

    walk(navigation.furniture().menu)
    return found


def outline(page: str, within: str) -> list[tuple[int, str]]:
    """Level and label of every line of the menu in a page, in the order of its text."""
    root = lxml_html.fromstring(page).cssselect(within)[0]
    found = []
    for line in root.cssselect("li"):
        level = sum(1 for above in line.iterancestors("ul") if root in above.iterancestors() or above is root)
        label = next(child for child in line if child.tag in {"a", "span"})
        found.append((level, label.text_content().strip()))
    return found


EXPECTED = [(level, label) for _number, level, label, _above in NODES]


def test_n01_to_n93_stand_in_the_database_with_their_labels_levels_and_order(seeded: None) -> None:
    rows: list[tuple[str, int, str, str]] = []
    numbers: dict[int | None, str] = {None: ""}

    def walk(parent: MenuItem | None, level: int) -> None:
        for row in MenuItem.objects.filter(place="main", parent=parent).order_by("position"):
            number = f"N{len(rows) + 1:02}"
            rows.append((number, level, row.label, numbers[row.parent_id]))
            numbers[row.pk] = number
            walk(row, level + 1)

    walk(None, 1)
    assert rows == list(NODES)


def test_n01_to_n93_stand_once_in_the_one_list_that_both_looks_show(client: Client, seeded: None) -> None:
    page = client.get("/privacy/").content.decode()
    assert outline(page, "nav.menu") == EXPECTED
    assert page.count('<nav class="menu"') == 1


def test_n01_to_n93_stand_on_the_page_for_readers_who_want_them_all_at_once(client: Client, seeded: None) -> None:
    page = lxml_html.fromstring(client.get("/menu/").content.decode()).cssselect(".site-map section")
    found = []
    for section in page[:8]:
        found.append((1, section.cssselect("h2")[0].text_content().strip()))
        for line in section.cssselect("li"):
            level = 2 + sum(1 for above in line.iterancestors("li"))
            found.append((level, next(child for child in line if child.tag == "a").text_content().strip()))
    assert found == EXPECTED


def flat(nodes: tuple[navigation.Node, ...]) -> Iterator[navigation.Node]:
    for node in nodes:
        yield node
        yield from flat(node.children)


def test_n01_to_n93_each_lead_to_a_page_and_no_two_to_the_same(client: Client, seeded: None) -> None:
    nodes = dict(zip((number for number, *_rest in NODES), flat(navigation.furniture().menu), strict=True))
    assert [node.label for node in nodes.values()] == [label for _number, _level, label, _above in NODES]
    answers = {number: client.get(node.address).status_code for number, node in nodes.items()}
    assert {number: status for number, status in answers.items() if status != 200} == {}
    addresses = [node.address for node in nodes.values()]
    assert [one for one in addresses if addresses.count(one) > 1] == []


def test_what_others_are_building_leaves_the_list_of_stand_ins_when_it_is_there(
    seeded: None, settings: Settings
) -> None:
    settings.ROOT_URLCONF = "rsis.urls"
    navigation.hold()
    links = navigation.furniture().links
    shown = {node.address.partition("?")[0] for nodes in links.values() for node in flat(nodes)}
    assert [one for one in stand_ins.WAITING if f"/{one}" in shown] == []


def test_the_statements_of_menu_and_settings(
    client: Client, seeded: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    navigation.hold()
    with django_assert_num_queries(2):
        client.get("/privacy/")
    with django_assert_num_queries(0):
        client.get("/accessibility/")


def test_one_line_and_three_cost_the_same_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for count in (1, 3):
        for number in range(count):
            item(f"Line {count} {number}", SeriesFactory.create().get_absolute_url())
        navigation.hold()
        with django_assert_num_queries(2):
            assert len(navigation.furniture().menu) == (1 if count == 1 else 4)


@pytest.mark.django_db(transaction=True)
def test_a_change_is_seen_at_once_and_nothing_is_read_until_then(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    line = item("Before", "/topics/")
    assert ">Before</a>" in client.get("/privacy/").content.decode()
    line.label = "After"
    line.save()
    assert ">After</a>" in client.get("/privacy/").content.decode()
    MenuItem.objects.filter(pk=line.pk).update(label="By another route")
    page = client.get("/privacy/").content.decode()
    assert (">By another route</a>" in page, ">After</a>" in page) == (True, False)
    with django_assert_num_queries(0):
        client.get("/privacy/")


def test_a_line_whose_page_is_withdrawn_drops_out_and_comes_back(client: Client) -> None:
    piece = PublicationFactory.create(published=True, series=SeriesFactory.create())
    item("A Piece", piece.get_absolute_url())
    assert labels() == ["A Piece"]
    publishing.withdraw(piece, "A slip.", None)
    assert client.get(piece.get_absolute_url()).status_code == 200  # a stone, and no page to lead anybody to
    assert labels() == []


@pytest.mark.parametrize("state", ["draft", "in_review", "scheduled", "published", "withdrawn", "trashed"])
@pytest.mark.parametrize("family", Series.Family.values)
def test_only_what_is_public_is_led_to(state: str, family: str) -> None:
    wanted = {} if state == "draft" else {state: True}
    piece = PublicationFactory.create(series=SeriesFactory.create(family=family), **wanted)
    item("A Piece", piece.get_absolute_url())
    assert labels() == (["A Piece"] if state == "published" else [])


def test_a_line_comes_at_the_second_at_which_its_page_is_public(client: Client) -> None:
    due = timezone.now() + timedelta(hours=1)
    piece = PublicationFactory.create(scheduled=True, publish_at=due, series=SeriesFactory.create())
    item("At Six", piece.get_absolute_url())
    found = []
    for seconds in (-3600, -1, 0):
        with time_machine.travel(due + timedelta(seconds=seconds), tick=False):
            found.append(">At Six</a>" in client.get("/privacy/").content.decode())
    assert found == [False, False, True]


def test_a_page_without_a_line_in_the_table_of_kinds_is_asked_itself() -> None:
    person = PersonFactory.create()
    item("Somebody", person.get_absolute_url())
    assert labels() == []
    PublicationFactory.create(published=True, authors=[person])
    assert labels() == ["Somebody"]


def test_a_line_follows_its_page_to_a_new_address() -> None:
    series = SeriesFactory.create(slug="old")
    item("Papers", series.get_absolute_url())
    with redirects.following(series):
        series.slug = "new"
        series.save()
    navigation.hold()
    assert [(node.label, node.address) for node in navigation.furniture().menu] == [("Papers", "/publications/new/")]


def test_a_heading_stands_while_something_stands_under_it() -> None:
    centre = CentreFactory.create(slug="institute")
    group = item("Centres", "")
    gone = item("Gone", "/no/such/page/")
    item("Institute", centre.get_absolute_url(), group)
    item("Left over", "/topics/", gone)
    assert labels() == ["Centres", "Institute", "Gone", "Left over"]
    menu = navigation.furniture().menu
    assert [node.address for node in menu] == ["", ""]
    centre.delete()
    MenuItem.objects.filter(label="Left over").delete()
    assert labels() == []


@pytest.mark.parametrize(
    ("path", "marks"),
    [
        ("/publications/", {"/publications/": "page"}),
        ("/publications/papers/", {"/publications/": "true", "/publications/papers/": "page"}),
        ("/publications/papers/item/", {"/publications/": "true", "/publications/papers/": "true"}),
        ("/topics/", {}),
    ],
)
def test_the_menu_says_where_the_reader_is(client: Client, path: str, marks: dict[str, str]) -> None:
    PublicationFactory.create(published=True, slug="item", series=SeriesFactory.create(slug="papers"))
    item("Papers", "/publications/papers/", item("Publications", "/publications/"))
    page = lxml_html.fromstring(client.get(path).content.decode())
    assert {link.get("href"): link.get("aria-current") for link in page.cssselect(".menu a[aria-current]")} == marks


def test_the_way_to_the_text_comes_before_everything(client: Client, seeded: None) -> None:
    page = lxml_html.fromstring(client.get("/privacy/").content.decode())
    first = page.cssselect("a, button, summary, input")[0]
    assert (first.get("class"), first.get("href")) == ("skip", "#main")


def tree() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def walk(parent: MenuItem | None, indent: str) -> None:
        for row in MenuItem.objects.filter(parent=parent).order_by("position"):
            found.append((indent, row.label))
            walk(row, indent + ">")

    walk(None, "")
    return found


@pytest.fixture
def three() -> list[MenuItem]:
    return [item(label, "/topics/") for label in ("A", "B", "C")]


@pytest.mark.parametrize(
    ("steps", "after"),
    [
        (["B:up"], [("", "B"), ("", "A"), ("", "C")]),
        (["A:down"], [("", "B"), ("", "A"), ("", "C")]),
        (["B:in"], [("", "A"), (">", "B"), ("", "C")]),
        (["B:in", "C:in"], [("", "A"), (">", "B"), (">", "C")]),
        (["B:in", "B:out"], [("", "A"), ("", "B"), ("", "C")]),
        (["B:in", "C:in", "C:up"], [("", "A"), (">", "C"), (">", "B")]),
    ],
)
def test_lines_move_by_steps(three: list[MenuItem], steps: list[str], after: list[tuple[str, str]]) -> None:
    for step in steps:
        label, _colon, direction = step.partition(":")
        arranging.move(MenuItem.objects.get(label=label), direction)
    assert tree() == after


@pytest.mark.parametrize(("label", "step"), [("A", "up"), ("C", "down"), ("A", "in"), ("A", "out")])
def test_a_step_that_does_not_exist_is_refused_and_changes_nothing(
    three: list[MenuItem], label: str, step: str
) -> None:
    before = tree()
    with pytest.raises(ValidationError):
        arranging.move(MenuItem.objects.get(label=label), step)
    assert tree() == before


def test_there_is_no_fourth_level_and_no_circle(three: list[MenuItem]) -> None:
    a, b, c = three
    arranging.put(b, a, 0)
    arranging.put(c, b, 0)
    four = item("D", "/topics/")
    for line, above in ((four, c), (a, c)):
        line.refresh_from_db()
        with pytest.raises(ValidationError):
            arranging.put(line, above, 0)
    assert tree() == [("", "A"), (">", "B"), (">>", "C"), ("", "D")]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/topics/", "/topics/"),
        ("/topics", "/topics/"),
        ("  /topics/#strait ", "/topics/#strait"),
        ("/publications/?year=2025", "/publications/?year=2025"),
        ("http://localhost:8000/topics/", "/topics/"),
        ("https://www.example.org/a", "https://www.example.org/a"),
        ("/publications/old/", "/publications/new/"),
    ],
)
def test_an_address_is_kept_as_a_path_for_this_site(typed: str, kept: str) -> None:
    SeriesFactory.create(slug="new")
    Redirect.objects.create(old_path="/publications/old/", new_path="/publications/new/")
    assert clean_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "/no/such/page/", "//example.org/", "/\\example.org/", "javascript:alert(1)", "ftp://example.org/", "about",
        "https://user:secret@example.org/", "/admin/", "/feed/", "data:text/html,x", "https://", "/publications/draft/",
    ],
)  # fmt: skip
def test_an_address_that_leads_no_reader_anywhere_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_address(typed)


def test_a_page_with_an_hour_to_come_may_be_led_to_already() -> None:
    piece = PublicationFactory.create(scheduled=True, series=SeriesFactory.create())
    assert clean_address(piece.get_absolute_url()) == piece.get_absolute_url()
    draft = PublicationFactory.create(series=piece.series)
    with pytest.raises(ValidationError):
        clean_address(draft.get_absolute_url())


def test_no_node_of_the_school_has_to_be_asked_by_making_its_page(seeded: None) -> None:
    """Those that do belong into `rsis.targets.KINDS`: each write would otherwise cost the making of a page."""
    items = with_targets(MenuItem.objects.all())
    assert [one.address for one in items if target_of(one).was_asked] == []


def test_labels_are_text_and_nothing_else(client: Client) -> None:
    item('<script>alert("x")</script> & more', "/topics/")
    page = client.get("/privacy/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more</a>" in page


def test_seeding_again_changes_nothing_and_leaves_what_editors_changed(seeded: None) -> None:
    MenuItem.objects.filter(label="Events").update(label="What is on")
    assert menu_seed.load() == 0
    found = MenuItem.objects.filter(place="main")
    assert (found.count(), found.filter(label="What is on").count()) == (93, 1)
