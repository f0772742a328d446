"""What the school's site had before, row by row, at work in the demonstration: footer, feedback, cookies, S36 to S55, and
the pages that the 93 nodes of the menu lead to."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from lxml import html as lxml_html

from contact.models import Feedback
from publications.models import Publication
from rsis import navigation
from rsis.models import SiteSettings
from tests.contact.sending import send
from tests.demonstration_site import Site, link, text, texts
from tests.menu_nodes import NODES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("number", "label"), [(number, label) for number, _level, label, _above in NODES])
def test_every_node_of_the_menu_leads_to_a_page_with_something_on_it(site: Site, number: str, label: str) -> None:
    line = site.open("/cookies/").cssselect("nav.menu li")[int(number[1:]) - 1]
    assert text(line.cssselect("a")[0]) == label
    page = site.open(line.cssselect("a")[0].get("href"))
    assert len(page.cssselect("h1")) == 1
    assert len(text(page.cssselect("main")[0]).split()) > 30


# Footer


def test_s36_popular_links_are_a_column_of_the_footer(site: Site) -> None:
    assert texts(site.footer, ".popular h2") == ["Popular Links"]


def test_s37_nine_popular_links_lead_to_pages(site: Site) -> None:
    links = site.footer.cssselect(".popular a")
    assert [text(one) for one in links] == [
        "About RSIS", "Research Programmes", "Graduate Education", "Publications", "Events", "Admissions", "Careers",
        "Video/Audio Channel", "RSIS Intranet",
    ]  # fmt: skip
    assert [site.client.get(one.get("href").partition("#")[0]).status_code for one in links[:8]] == [200] * 8
    assert links[8].get("href").startswith("https://")


def test_s38_connect_with_us_stands_in_the_footer(site: Site) -> None:
    assert texts(site.footer, ".connect-with h2") == ["Connect with Us"]
    assert texts(site.footer, ".connect-with ul:last-child a") == [
        "RSS", "Subscribe to RSIS Publications", "Subscribe to RSIS Events",
    ]  # fmt: skip


def test_s39_the_way_to_rsis_stands_in_the_footer_as_in_the_header(site: Site) -> None:
    assert texts(site.footer, ".getting-to") == texts(site.header, ".getting-to")


def test_s40_the_copyright_line_closes_the_page(site: Site) -> None:
    line = "Copyright © S. Rajaratnam School of International Studies. All rights reserved."
    assert texts(site.footer, ".legal p")[0] == line


@pytest.mark.parametrize("label", ["Privacy Statement", "Terms of Use"])
def test_s41_privacy_statement_and_terms_of_use_are_pages_with_a_text(site: Site, label: str) -> None:
    page = site.open(link(site.footer, label))
    assert (texts(page, "h1"), len(text(page.cssselect("main")[0]).split()) > 150) == ([label], True)


# Help us improve


def feedback(site: Site) -> Any:
    return site.open(link(site.footer, "Help us improve"))


def test_s42_help_us_improve_opens_a_form_that_knows_the_page(site: Site) -> None:
    address = link(site.footer, "Help us improve")
    answer = site.client.get(address, headers={"referer": "http://testserver/people/"}).content.decode()
    assert lxml_html.fromstring(answer).cssselect("input[name=page]")[0].get("value") == "/people/"


def test_s43_the_form_asks_for_the_experience(site: Site) -> None:
    assert "Rate your experience with this website" in texts(feedback(site), "legend")


def test_s44_the_scale_goes_from_one_to_six(site: Site) -> None:
    assert [one.get("value") for one in feedback(site).cssselect("input[name=rating]")] == list("123456")


def test_s45_the_ends_of_the_scale_are_named(site: Site) -> None:
    scale = text(feedback(site).cssselect("fieldset")[0])
    assert scale.index("Not satisfied") < scale.index("Very satisfied")


def counted(site: Site, field: str, label: str) -> list[int]:
    """Answers to a text as long as may be, and to one of a letter more."""
    (box,) = feedback(site).cssselect(f"textarea[name={field}]")
    assert texts(feedback(site), f"label[for={box.get('id')}]") == [f"{label} (optional)"]
    assert (box.get("data-limit"), "0/255 characters" in text(box.getparent())) == ("255", True)
    return [send(site.client, "/feedback/", **{field: "a" * length}).status_code for length in (255, 256)]


def test_s46_what_was_liked_takes_255_letters_and_counts_them(site: Site) -> None:
    assert counted(site, "liked", "What did you like?") == [302, 422]


def test_s47_what_can_be_improved_takes_255_letters_and_counts_them(site: Site) -> None:
    assert counted(site, "improve", "What can be improved?") == [302, 422]


def test_s48_an_address_may_be_given_and_need_not(site: Site) -> None:
    (box,) = feedback(site).cssselect("input[name=email]")
    assert (box.get("type"), box.get("required")) == ("email", None)
    assert send(site.client, "/feedback/", email="").status_code == 302


def test_s49_what_is_no_address_is_answered_with_words(site: Site) -> None:
    answer = send(site.client, "/feedback/", email="mei@example")
    page = lxml_html.fromstring(answer.content.decode())
    assert (answer.status_code, "Please enter a valid email." in texts(page, ".error")) == (422, True)
    assert page.cssselect("textarea[name=liked]")[0].text.strip() == "The notes."


def test_s50_the_reader_is_thanked_and_the_answer_is_kept(site: Site) -> None:
    before = Feedback.objects.count()
    page = site.open(send(site.client, "/feedback/", rating="6", liked="Once.")["Location"])
    assert texts(page, "[role=status] p") == ["Thank you for your feedback."]
    assert (Feedback.objects.count(), Feedback.objects.get(liked="Once.").rating) == (before + 1, 6)


# Cookies


@pytest.fixture
def counter(site: Site) -> str:
    """An address outside, as an editor enters it to have visits counted."""
    address = "https://count.example.org/script.js"
    SiteSettings.objects.update_or_create(defaults={"counter_url": address})
    navigation.hold()
    return address


def test_s51_a_notice_appears_only_where_consent_is_needed(site: Site) -> None:
    response = site.client.get("/")
    assert (b'class="consent"' in response.content, dict(response.cookies)) == (False, {})
    SiteSettings.objects.update_or_create(defaults={"counter_url": "https://count.example.org/script.js"})
    navigation.hold()
    assert texts(site.open("/"), ".consent h2") == ["May we count your visit?"]


def test_s52_learn_more_leads_to_what_is_kept_and_on_to_the_privacy_statement(site: Site, counter: str) -> None:
    (notice,) = site.open("/").cssselect(".consent")
    page = site.open(link(notice, "Learn more"))
    assert texts(page, "h1") == ["Cookies"]
    assert texts(site.open(link(page, "What else we keep")), "h1") == ["Privacy Statement"]


@pytest.mark.parametrize(("choice", "is_counted"), [("Accept", True), ("Reject", False)])
def test_s53_both_answers_are_buttons_and_are_kept_to(site: Site, counter: str, choice: str, is_counted: bool) -> None:
    (form,) = site.open("/").cssselect(".consent form")
    assert counter not in lxml_html.tostring(site.open("/")).decode()
    answers = {text(one): one.get("value") for one in form.cssselect("button")}
    site.client.post(form.get("action"), {"choice": answers[choice], "next": "/"})
    page = site.open("/people/")
    assert (page.cssselect(".consent"), bool(page.cssselect(f"script[src='{counter}']"))) == ([], is_counted)


# Latest Book


def test_s54_latest_book_is_the_newest_that_was_published(site: Site) -> None:
    books = Publication.objects.published().filter(series__slug="books").order_by("-issued_on")
    assert texts(site.open("/"), ".book h2")[0].startswith("Latest Book")
    assert texts(site.open("/"), ".book h3") == [books[0].title]
    Publication.objects.filter(pk=books[1].pk).update(issued_on=timezone.localdate() + timedelta(days=1))
    assert texts(site.open("/"), ".book h3") == [books[0].title]


def test_s55_more_info_leads_to_the_book_and_says_which(site: Site) -> None:
    page = site.open("/")
    title = texts(page, ".book h3")[0]
    (more,) = page.cssselect(".book .more a")
    assert text(more) == f"more info: {title}"
    assert texts(site.open(more.get("href")), "h1 span") == [title]


def test_every_row_from_s01_to_s55_has_a_test_of_its_own() -> None:
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    shown = [row.upper() for one in files for row in re.findall(r"^def test_(s\d\d)_", one.read_text(), re.MULTILINE)]
    assert shown == [f"S{number:02}" for number in range(1, 56)]
