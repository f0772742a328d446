"""What the school's site had before, row by row, at work in the demonstration: menu, header and article, S01 to S35.

Each function bears the id of the one row that it shows; the last one of test_menu_footer_forms.py fails as soon as a row
has none. How the menu opens, drills down and leads back is for a browser: tests/browser/test_menu.py.
"""

import re
import time
from typing import Any

import pytest
from django.core import signing
from lxml import html as lxml_html

from contact.models import Enquiry
from editorial import renditions
from publications import typesetting
from publications.forms import ResponseForm
from publications.models import Publication, Series
from rsis import navigation
from rsis.models import SiteSettings
from subscriptions.models import Subscription
from tests.contact.sending import send
from tests.demonstration_site import Site, link, text, texts
from tests.menu_nodes import NODES
from tests.subscriptions.signing import subscribed

pytestmark = pytest.mark.django_db

# The menu


def outline(menu: Any) -> list[tuple[int, str]]:
    """Level and label of every line of the menu, in the order of the page."""
    lines = menu.cssselect("li")
    return [(1 + sum(1 for above in line.iterancestors("li")), text(line.cssselect("a, span")[0])) for line in lines]


def test_s01_every_fold_of_the_menu_leads_back(site: Site) -> None:
    folds = site.header.cssselect("nav.menu li details")
    parents = {above for _number, _level, _label, above in NODES if above}
    assert [texts(fold, ".back")[0] for fold in folds] == ["Back"] * len(parents)


def test_s02_the_menu_has_its_93_nodes_on_three_levels_in_their_order(site: Site) -> None:
    assert outline(site.header.cssselect("nav.menu")[0]) == [(level, label) for _n, level, label, _above in NODES]


def test_s03_the_wide_menu_is_the_same_list_in_columns_under_headings(site: Site) -> None:
    (menu,) = site.article.cssselect("nav.menu")
    groups = [one for one in NODES if one[1] == 2 and any(above == one[0] for *_rest, above in NODES)]
    assert [text(one.cssselect("a, span")[0]) for one in menu.cssselect(".panel .group")] == [one[2] for one in groups]


# Header


def test_s04_the_nameplate_says_name_descriptor_motto_and_a_year_that_is_a_setting(site: Site) -> None:
    school = "S. Rajaratnam School of International Studies Think Tank and Graduate School"
    assert (texts(site.header, ".nameplate"), texts(site.header, ".tagline")) == (
        [school], ["Ponder The Improbable Since 1996"],
    )  # fmt: skip
    SiteSettings.objects.update_or_create(defaults={"since_year": 1966})
    navigation.hold()
    assert texts(site.header, ".tagline") == ["Ponder The Improbable Since 1966"]


def test_s05_the_university_is_named_once_at_the_head(site: Site) -> None:
    assert texts(site.header, ".strip .university") == ["Nanyang Technological University"]
    assert text(site.header.cssselect(".strip")[0]).count("Nanyang Technological University") == 1


def test_s06_connect_with_us_opens_in_the_header_with_what_the_footer_has(site: Site) -> None:
    (panel,) = site.header.cssselect("details.connect .connect-panel")
    assert texts(panel, ".connect-with") == texts(site.footer, ".connect-with")
    assert texts(panel, "h2")[0] == "Connect with Us"


def test_s07_eight_accounts_are_links_with_the_name_of_each_network(site: Site) -> None:
    accounts = site.footer.cssselect(".accounts a")
    handles = ["rsis.ntu", "rsis_ntu", "rsisntu", "rsisvideocast", "school/rsis-ntu", "rsis.sg", "rsissg", "RSIS"]
    assert [text(one).partition(" ")[2] for one in accounts] == handles
    assert [(bool(text(one.cssselect("b")[0])), one.get("href")[:8]) for one in accounts] == [(True, "https://")] * 8


def test_s08_rss_leads_to_feeds_that_are_not_empty(site: Site) -> None:
    page = site.open(link(site.header, "RSS"))
    feeds = [one.get("href") for one in page.cssselect("main a") if one.get("href", "").endswith("/feed.atom")]
    entries = {one: site.client.get(one).content.count(b"<entry") for one in feeds if "/regions/" not in one}
    assert (len(feeds) > 20, [one for one, count in entries.items() if not count]) == (True, [])


def followed(site: Site, words: str) -> tuple[list[str], list[str]]:
    """The lists that a link of the header has chosen in the form, and those confirmed after the form and the letter."""
    page = site.open(link(site.header, words))
    chosen = [one.get("value") for one in page.cssselect("input[name=lists][checked]")]
    subscribed(site.client, lists=chosen)
    return chosen, list(Subscription.objects.filter(is_active=True).values_list("target", flat=True))


def test_s09_a_reader_subscribes_to_rsis_publications(site: Site) -> None:
    assert followed(site, "Subscribe to RSIS Publications") == (["publications"], ["publications"])


def test_s10_a_reader_subscribes_to_rsis_events(site: Site) -> None:
    assert followed(site, "Subscribe to RSIS Events") == (["events"], ["events"])


def test_s11_getting_to_rsis_is_a_heading_and_a_page_with_the_ways(site: Site) -> None:
    assert texts(site.header, ".getting-to h2") == ["Getting to RSIS"]
    page = site.open(link(site.header.cssselect("nav.menu")[0], "Getting to RSIS"))
    assert (texts(page, "h1"), len(page.cssselect("main address")), len(page.cssselect("main svg[role=img]"))) == (
        ["Getting to RSIS"], 1, 1,
    )  # fmt: skip


def test_s12_the_postal_address_stands_in_four_lines(site: Site) -> None:
    lines = [line.strip() for line in site.header.cssselect(".getting-to address")[0].itertext() if line.strip()]
    assert lines == [
        "Nanyang Technological University", "Block S4, Level B3", "50 Nanyang Avenue", "Singapore 639798",
    ]  # fmt: skip


def test_s13_the_link_to_the_directions_says_where_it_leads(site: Site) -> None:
    way = link(site.header.cssselect(".getting-to")[0], "Directions to the RSIS offices on the NTU campus")
    assert texts(site.open(way), "h1") == ["Getting to RSIS"]
    assert "click here" not in text(site.article).casefold()


def test_s14_get_in_touch_leads_to_a_form_that_reaches_a_desk(site: Site) -> None:
    before = Enquiry.objects.count()
    address = link(site.header.cssselect(".getting-to")[0], "Get in Touch")
    page = site.open(address)
    assert {one.get("name") for one in page.cssselect("main form [name]")} >= {"sender", "email", "subject", "message"}
    answer = send(site.client, address.partition("#")[0])
    assert (answer.status_code, Enquiry.objects.count()) == (302, before + 1)
    assert "Thank you" in text(site.open(answer["Location"]).cssselect("main")[0])


def test_s15_connect_stands_in_the_header_and_folds_without_a_script(site: Site) -> None:
    assert texts(site.header, "details.connect > summary") == ["Connect"]


def test_s16_the_search_of_every_page_finds_the_piece(site: Site) -> None:
    (form,) = site.header.cssselect("form[role=search]")
    (box,) = form.cssselect("input[type=search]")
    page = site.open(f"{form.get('action')}?{box.get('name')}={site.commentary.title}")
    assert site.commentary.title in texts(page, "main .piece h2 a, main .piece h3 a")[:2]


# The article


def test_s17_the_breadcrumb_ends_with_the_title_alone(site: Site) -> None:
    trail = ["RSIS", "Publications", "RSIS Publications", "RSIS Commentary Series", site.commentary.title]
    assert texts(site.article, ".crumbs li") == trail


def test_s18_thirteen_series_stand_beside_the_article_and_each_is_a_list(site: Site) -> None:
    labels = [label for _number, _level, label, above in NODES if above == "N58"]
    series = site.article.cssselect(".aside a")
    assert [text(one) for one in series] == labels
    counts = [len(site.open(one.get("href")).cssselect("main .piece")) for one in series]
    assert ([count > 0 for count in counts], len(counts)) == ([True] * 13, 13)


def test_s19_the_number_is_the_pieces_own_and_its_short_address(site: Site) -> None:
    piece = site.commentary
    assert re.fullmatch(rf"CO{piece.issued_on:%y}\d{{3}}", piece.number or "")
    answer = site.client.get(f"/{(piece.number or '').lower()}")
    assert (answer.status_code, answer["Location"]) == (301, piece.get_absolute_url())
    assert texts(site.open(f"/search/?q={piece.number}"), "main .piece .number")[0] == piece.number
    numbers = list(Publication.objects.exclude(number=None).values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) > 20


def test_s20_a_stroke_stands_between_number_and_title(site: Site) -> None:
    assert texts(site.article, "h1") == [f"{site.commentary.number} | {site.commentary.title}"]


def test_s21_the_title_is_a_field_of_its_own(site: Site) -> None:
    assert texts(site.article, "h1 span") == [site.commentary.title]
    assert "|" not in site.commentary.title


def test_s22_each_author_leads_to_a_page_that_lists_the_piece(site: Site) -> None:
    names = site.article.cssselect(".title-block a[rel=author]")
    assert [text(one) for one in names] == [one.name for one in site.commentary.authorships.all()]
    for one in names:
        assert site.commentary.title in texts(site.open(one.get("href")), ".piece h3")


def test_s23_the_date_is_day_month_and_year(site: Site) -> None:
    day = site.commentary.issued_on
    assert texts(site.article, ".title-block time") == [f"{day.day} {day:%B %Y}"]


def test_s24_the_pdf_is_downloaded_under_the_number(site: Site, django_capture_on_commit_callbacks: Any) -> None:
    Publication.objects.exclude(pk=site.commentary.pk).update(issued_on="2001-01-01")
    typesetting.make_due()
    answer = site.client.get(link(site.article, "Download PDF"))
    assert b"".join(answer).startswith(b"%PDF-")
    assert (answer["Content-Type"], f'filename="{site.commentary.number}.pdf"' in answer["Content-Disposition"]) == (
        "application/pdf", True,
    )  # fmt: skip


def test_s25_the_synopsis_stands_under_its_label(site: Site) -> None:
    (block,) = site.article.cssselect(".synopsis-block")
    assert (texts(block, "h2"), texts(block, "p")) == (["SYNOPSIS"], [site.commentary.synopsis])


def test_s26_the_credit_of_the_picture_stands_once_beside_caption_and_alternative(site: Site) -> None:
    image = site.commentary.image
    assert image
    renditions.order(image)
    (figure,) = site.article.cssselect(".column > figure")
    assert texts(figure, "figcaption") == [f"{image.caption} {image.credit}"]
    assert (figure.cssselect("img")[0].get("alt"), image.credit in image.alt) == (image.alt, False)
    assert text(site.article).count(image.credit) == 1


def test_s27_the_body_opens_with_the_label_of_its_series(site: Site) -> None:
    assert texts(site.article, "#text") == ["COMMENTARY"]
    Series.objects.filter(pk=site.commentary.series_id).update(body_label="OPINION")
    assert texts(site.article, "#text") == ["OPINION"]


def test_s28_the_headings_of_the_body_are_a_list_of_contents(site: Site) -> None:
    page = site.article
    headings = page.cssselect(".prose h2")
    assert len(headings) > 2
    assert [one.get("href") for one in page.cssselect(".rail a")] == [f"#{one.get('id')}" for one in headings]
    assert texts(page, ".rail a") == [text(one) for one in headings]


def test_s29_one_author_is_singular_and_several_are_plural(site: Site) -> None:
    assert texts(site.article, "#about") == ["About the Author"]
    among = Publication.objects.published().filter(series=site.commentary.series, authorships__position=1)
    assert texts(site.open(among[0].get_absolute_url()), "#about") == ["About the Authors"]


def test_s30_the_note_on_the_author_stays_as_it_was_on_the_day(site: Site) -> None:
    (signed,) = site.commentary.authorships.all()
    assert texts(site.article, "[aria-labelledby=about] p") == [signed.printed_note]
    signed.person.appointments.update(title="Dean of Another School")
    page = site.article
    assert texts(page, "[aria-labelledby=about] p") == [signed.printed_note]
    assert "Dean of Another School" not in text(page)


def test_s31_the_categories_stand_as_three_labelled_facets(site: Site) -> None:
    assert texts(site.article, "dl.facts dt")[:3] == ["Series", "Topics", "Regions"]


def test_s32_each_category_leads_to_a_list_that_holds_the_piece(site: Site) -> None:
    piece, (facts,) = site.commentary, site.article.cssselect("dl.facts")
    rows = [row.cssselect("a") for row in facts.cssselect(".facet-row")[:3]]
    assert [[text(one) for one in row] for row in rows] == [
        [piece.series.name], [str(one) for one in piece.topics.all()], [str(one) for one in piece.regions.all()],
    ]  # fmt: skip
    for one in (one for row in rows for one in row):
        assert piece.title in texts(site.open(one.get("href")), ".piece h2, .piece h3")


def test_s33_readers_respond_without_a_third_party_and_an_editor_decides(site: Site) -> None:
    piece = site.commentary
    opened = signing.dumps(int(time.time()) - 3600, salt=ResponseForm.salt())
    sent = {"name": "Mei", "email": "mei@example.org", "text": "I piloted there.", "website": "", "opened": opened}
    assert site.client.post(link(site.article, "Write a response"), sent).status_code == 302
    assert "I piloted there." not in text(site.article)
    piece.reader_responses.filter(name="Mei").update(verdict="approved")
    assert text(site.article).count("I piloted there.") == 1
    assert "disqus" not in site.client.get(piece.get_absolute_url()).content.decode().casefold()


def test_s34_every_paragraph_stands_once_in_the_page(site: Site) -> None:
    whole = text(site.article.cssselect("main")[0])
    paragraphs = lxml_html.fragment_fromstring(site.commentary.body, "div").iter("p")
    opening = [" ".join(str(one.text).split())[:40] for one in paragraphs]
    assert [whole.count(one) for one in [site.commentary.synopsis, *opening]] == [1] * (1 + len(opening))
    assert len(opening) > 5


def test_s35_the_categories_stand_once_with_the_regions(site: Site) -> None:
    assert [texts(one, "dt").count("Regions") for one in site.article.cssselect("dl.facts")] == [1]
