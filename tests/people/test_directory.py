"""The directory: groups by rank and name, filters that combine, letters, and the finder for journalists."""

import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from people.entries import read
from people.folding import letter, sort_key
from people.models import Language, Person, StaffGroup
from tests.factories import (
    AppointmentFactory,
    CentreFactory,
    LanguageFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    StaffProfileFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def names(page: str) -> list[str]:
    """Of the cards of a list, in its order."""
    tree = html.fromstring(page)
    return [
        " ".join(link.text_content().split()) for link in tree.xpath("//*[@class='person-card' or @class='expert-card']//a[1]")
        if "/people/" in link.get("href")
    ]  # fmt: skip


def listed(address: str) -> list[str]:
    response = Client().get(address)
    assert response.status_code == 200
    other = ("Profile and publications", "Send an enquiry")
    return [name for name in names(response.content.decode()) if not name.startswith(other)]


def staff(name: str, group: str = StaffGroup.FACULTY, rank: int = 50, **person: str) -> Person:
    """Somebody with a public page and a post."""
    made: Person = StaffProfileFactory.create(
        published=True, person__name=name, **{f"person__{k}": v for k, v in person.items()}
    ).person
    AppointmentFactory.create(person=made, staff_group=group, rank=rank)
    return made


NAMES: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("Lim Wei Jie", {"family_name": "Lim", "given_names": "Wei Jie"}, "L", "lim wei jie"),
    ("Aisyah binte Rahmat", {"given_names": "Aisyah"}, "A", "aisyah binte rahmat"),
    ("K. R. Ilangovan", {"sort_name": "Ilangovan, K. R."}, "I", "ilangovan k r"),
    ("Wirasena", {}, "W", "wirasena"),
    ("Callum Worthing", {"family_name": "Worthing", "given_names": "Callum"}, "W", "worthing callum"),
    ("Đặng Thị Vân", {"family_name": "Đặng", "given_names": "Thị Vân"}, "D", "dang thi van"),
    ("Okonkwo-Bright Ada", {"family_name": "Okonkwo-Bright", "given_names": "Ada"}, "O", "okonkwo bright ada"),
    ("Anna van den Berg", {"sort_name": "Berg, Anna van den"}, "B", "berg anna van den"),
    ("Óscar de Alma", {"sort_name": "Alma, Óscar de"}, "A", "alma oscar de"),
    ("Ángel Łuk", {"family_name": "Łuk", "given_names": "Ángel"}, "L", "luk angel"),
    ("李明華", {}, "#", "李明華"),
)


@pytest.mark.parametrize(("name", "given", "wanted", "key"), NAMES, ids=[one[0] for one in NAMES])
def test_j13_a_name_stands_under_its_letter_by_the_custom_written_in_a_field(
    name: str, given: dict[str, str], wanted: str, key: str
) -> None:
    person = PersonFactory.create(name=name, **given)
    assert (person.letter, person.sort_key, letter(sort_key(person.sort_name))) == (wanted, key, wanted)


def test_letters_are_the_same_in_every_database_and_lead_to_those_under_them() -> None:
    for name in ("Ôn Đức", "Ona Perch", "Özge Kurt", "Zed Quill"):
        staff(name)
    assert listed("/people/?letter=O") == ["Ôn Đức", "Ona Perch", "Özge Kurt"]


def test_j14_a_group_is_in_order_of_rank_and_then_of_name() -> None:
    staff("Zoe First", rank=10)
    staff("Bela Second", rank=20, sort_name="Ösecond, Bela")
    staff("Anton Second", rank=20, sort_name="Psecond, Anton")
    assert listed("/people/groups/faculty-and-research/") == ["Zoe First", "Bela Second", "Anton Second"]


@pytest.mark.parametrize("group", list(StaffGroup))
def test_n05_n11_n20_every_group_has_an_address_and_lists_its_own(group: str) -> None:
    staff("Their Own", group)
    staff("Another One", StaffGroup.MANAGEMENT if group != StaffGroup.MANAGEMENT else StaffGroup.DEAN)
    assert listed(f"/people/groups/{group}/") == ["Their Own"]


def test_an_unknown_group_is_not_there() -> None:
    assert Client().get("/people/groups/gardeners/").status_code == 404


def test_j14_a_person_in_two_units_stands_once_in_a_list_with_both_posts_and_is_found_by_both() -> None:
    both = staff("Two Posts")
    for centre in (
        CentreFactory.create(slug="one", name="Unit One"),
        CentreFactory.create(slug="two", name="Unit Two"),
    ):
        AppointmentFactory.create(person=both, centre=centre, title="Fellow")
    page = Client().get("/people/?centre=two").content.decode()
    assert (names(page), "Fellow, Unit One" in page, "Fellow, Unit Two" in page) == (["Two Posts"], True, True)
    assert listed("/people/?centre=one") == ["Two Posts"]


def furnish() -> None:
    """Three people who differ in one thing each."""
    sea, strait = TopicFactory.create(slug="sea"), None
    strait = TopicFactory.create(slug="strait", parent=sea)
    asia, malay = RegionFactory.create(slug="asia"), LanguageFactory.create(code="ms", name="Malay")
    for name, topics, regions, languages in (
        ("All Three", [strait], [asia], [malay]),
        ("No Region", [sea], [], [malay]),
        ("No Language", [sea], [asia], []),
    ):
        profile = staff(name, sort_name=name).profile
        profile.expertise.set(topics)
        profile.regions.set(regions)
        profile.speaks.set(languages)


def test_filters_combine_and_a_topic_stands_for_all_below_it() -> None:
    furnish()
    assert listed("/people/?topic=sea") == ["All Three", "No Language", "No Region"]
    assert listed("/people/?topic=strait") == ["All Three"]
    assert listed("/people/?topic=sea&region=asia") == ["All Three", "No Language"]
    assert listed("/people/?topic=sea&region=asia&language=ms") == ["All Three"]


def test_a_count_is_the_length_of_the_list_behind_it() -> None:
    furnish()
    tree = html.fromstring(Client().get("/people/").content.decode())
    links = tree.xpath("//aside//li/a")
    found = {link.get("href"): int(link.xpath("./*[@class='count']")[0].text) for link in links}
    assert found
    assert {address: len(listed(address)) for address in found} == found


def test_a_chosen_filter_can_be_removed_by_itself_and_the_form_keeps_the_others() -> None:
    furnish()
    tree = html.fromstring(Client().get("/people/?topic=sea&region=asia").content.decode())
    removing = [link.get("href") for link in tree.xpath("//ul[@class='active']//a")]
    assert removing == ["/people/?region=asia", "/people/?topic=sea", "/people/"]
    chosen = {
        s.get("name"): s.xpath("string(.//option[@selected]/@value)")
        for s in tree.xpath("//form[@class='filter-form']//select")
    }
    assert {name: value for name, value in chosen.items() if value} == {"topic": "sea", "region": "asia"}


@pytest.mark.parametrize(
    "query", ["topic=x", "topic=sea&topic=strait", "page=99", "language=%00", "letter=" + "a" * 500, "group=''"]
)
def test_what_means_nothing_in_the_query_is_ignored(query: str) -> None:
    furnish()
    response = Client().get(f"/people/?{query}")
    assert (response.status_code in {200, 400}, response.status_code == 400) == (True, "%00" in query)
    if response.status_code == 200:
        assert len(names(response.content.decode())) == 3


def test_pages_of_the_directory_hold_everybody_once() -> None:
    for number in range(70):
        staff(f"Person {number:02}")
    pages = [listed("/people/"), listed("/people/?page=2")]
    assert ([len(page) for page in pages], pages[0] + pages[1]) == ([60, 10], [f"Person {n:02}" for n in range(70)])


def test_authors_without_a_post_stand_with_everyone_and_not_with_staff() -> None:
    outsider = PersonFactory.create(name="Outside Author")
    PublicationFactory.create(published=True, authors=[outsider])
    staff("On Staff")
    assert listed("/people/") == ["On Staff"]
    assert listed("/people/?who=all") == ["On Staff", "Outside Author"]


def test_j14_who_leaves_is_off_every_staff_list_the_day_after_and_keeps_the_page() -> None:
    topic, unit = TopicFactory.create(slug="sea"), CentreFactory.create(slug="unit")
    with time_machine.travel("2026-03-01", tick=False):
        gone = expert("Leaving Soon")
        gone.profile.expertise.set([topic])
        gone.appointments.update(started_on=date(2020, 1, 1), ended_on=date(2026, 3, 31), centre=unit)
        PublicationFactory.create(title="Their Work", published=True, authors=[gone])
    lists = (
        "/people/",
        "/people/groups/faculty-and-research/",
        "/people/experts/",
        "/people/?topic=sea",
        "/research/unit/",
        "/topics/sea/",
        "/",
    )
    with time_machine.travel("2026-03-31 23:59:59+08:00", tick=False):
        assert [address for address in lists if "Leaving Soon" in listed(address)] == list(lists)
    with time_machine.travel("2026-04-01 00:00:00+08:00", tick=False):
        assert [address for address in lists if "Leaving Soon" in listed(address)] == []
        assert listed("/people/?who=all") == ["Leaving Soon"]
        page = Client().get(gone.get_absolute_url()).content.decode()
    assert [words in page for words in ("No longer at RSIS", "2020–2026", "Their Work")] == [True, True, True]


def test_a_dated_post_says_until_when() -> None:
    guest = staff("A Guest", StaffGroup.VISITING)
    guest.appointments.update(ended_on=date(2099, 12, 31))
    assert "until 31 December 2099" in Client().get("/people/groups/visiting-fellows/").content.decode()


def expert(name: str, **fields: object) -> Person:
    person = staff(name, sort_name=name)
    for field, value in ({"is_expert": True, "speaks_about": "the sea", "for_print": True} | fields).items():
        setattr(person.profile, field, value)
    person.profile.public_email, person.email = "", f"{person.slug}@private.example"
    person.profile.save()
    person.save()
    return person


def test_the_finder_lists_only_who_is_ready_and_narrows_by_medium_and_time_zone() -> None:
    expert("In Print")
    expert("On Air", for_print=False, for_radio=True, time_zone="Europe/Amsterdam")
    staff("Not Asked")
    assert listed("/people/experts/") == ["In Print", "On Air"]
    assert listed("/people/experts/?medium=radio") == ["On Air"]
    assert listed("/people/experts/?zone=Asia/Singapore") == ["In Print"]
    assert listed("/people/experts/?zone=Europe/Amsterdam&medium=print") == []


def test_the_finder_never_shows_an_address_that_is_not_public() -> None:
    expert("In Print")
    page = Client().get("/people/experts/").content.decode()
    assert ("In Print" in page, "private.example" in page, "mailto:" in page) == (True, False, False)


def test_an_expert_says_about_what_and_where() -> None:
    profile = StaffProfileFactory.create()
    profile.is_expert = True
    with pytest.raises(ValidationError, match="choose at least one medium"):
        profile.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        profile.save()


def test_experts_by_topic_stand_on_the_page_of_the_topic_and_of_what_is_above_it() -> None:
    sea = TopicFactory.create(slug="sea")
    strait = TopicFactory.create(slug="strait", parent=sea)
    expert("Knows Straits").profile.expertise.set([strait])
    StaffProfileFactory.create(person__name="Knows Too", published=True).expertise.set([strait])  # without a post
    for address in ("/topics/sea/", "/topics/strait/"):
        page = Client().get(address).content.decode()
        assert ("Experts by topic" in page, "Knows Straits" in page, "Knows Too" in page) == (True, True, False)


@pytest.mark.parametrize(
    "address", ["/people/", "/people/?topic=sea&who=all", "/people/groups/faculty-and-research/", "/people/experts/"]
)
def test_lists_of_people_take_the_same_statements_for_one_and_for_three(address: str) -> None:
    topic, language = TopicFactory.create(slug="sea"), LanguageFactory.create(code="ms", name="Malay")
    counts = []
    for more in (1, 2):
        for number in range(more):
            profile = expert(f"Person {more}{number}").profile
            profile.expertise.set([topic])
            profile.speaks.set([language])
        Client().get(address)  # catalogue and shelf are read
        with CaptureQueriesContext(connection) as queries:
            assert len(listed(address)) == (1 if more == 1 else 3)
        counts.append(len(queries))
    assert counts == [7, 7]


def test_the_shelf_is_read_in_a_fixed_number_of_statements(django_assert_num_queries: Any) -> None:
    for _more in range(3):
        furnish_one()
        with django_assert_num_queries(10):
            read(set())


def furnish_one() -> None:
    profile = expert(f"Person {Person.objects.count()}").profile
    profile.expertise.add(TopicFactory.create())
    profile.regions.add(RegionFactory.create())
    profile.speaks.add(LanguageFactory.create())


def test_whatever_route_changes_a_person_is_seen_in_the_next_list() -> None:
    person = staff("Before", sort_name="Before")
    assert listed("/people/") == ["Before"]
    Person.objects.filter(pk=person.pk).update(name="After")
    assert listed("/people/") == ["After"]
    person.appointments.update(staff_group=StaffGroup.DEAN)
    assert listed("/people/groups/deans-office/") == ["After"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_appointment")
    assert listed("/people/") == []


def test_a_language_has_a_tag() -> None:
    for code in ("ms", "cmn", "zh-Hant", "nan-x-teochew", "x-waray"):
        Language(code=code, name=code).full_clean()
    for code in ("Malay", "MS", "m", "zh_Hant", "ms\n"):
        with pytest.raises(ValidationError):
            Language(code=code, name="Malay").full_clean()


def test_a_list_takes_no_persons_address() -> None:
    with pytest.raises(ValidationError, match="address of a list"):
        PersonFactory.build(slug="experts").full_clean()


def test_no_person_is_linked_who_wishes_no_page() -> None:
    shy = PersonFactory.create(name="Shy Author", has_page=False)
    piece = PublicationFactory.create(published=True, ready=True, authors=[shy])
    page = Client().get(piece.get_absolute_url()).content.decode()
    assert ("Shy Author" in page, re.search(r'href="[^"]*shy-author|/people/writer', page)) == (True, None)
    assert shy.get_absolute_url() not in page
    assert Client().get(shy.get_absolute_url()).status_code == 404
    assert listed("/people/?who=all") == []
    assert "Shy Author" not in Client().get("/search/?q=shy&kind=people").content.decode()
    assert shy.get_absolute_url() not in Client().get("/sitemap-people-1.xml").content.decode()
    feed = Client().get("/publications/feed.atom").content.decode()
    assert ("Shy Author" in feed, shy.get_absolute_url() in feed) == (True, False)
