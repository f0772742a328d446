"""What stands between a page or a vacancy and its readers."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from institution.models import Page, Vacancy
from publications.readiness import Problem

# After this long somebody should look at the facts of a page again.
OLD = timedelta(days=365)
# Kinds that are nothing without words of their own.
SPEAKING = {Page.Kind.TEXT, Page.Kind.MESSAGE, Page.Kind.DEGREE, Page.Kind.COURSE, Page.Kind.PROGRAMME}


def problems(page: Page) -> list[Problem]:
    return list(_problems(page))


def _problems(page: Page) -> Iterator[Problem]:
    if not page.summary and not page.shows_id:
        yield Problem("error", "summary", _("Write the summary: lists and search engines show it."))
    if page.kind in SPEAKING and not page.body and not page.shows_id:
        yield Problem("error", "body", _("Write the text."))
    if page.kind == Page.Kind.MESSAGE and not (page.signature and page.signed_post):
        yield Problem("error", "signed_post", _("Say who signs the message, and with which post."))
    if page.reviewed_on is None:
        yield Problem("question", "reviewed_on", _("Nobody has noted when the facts were last checked."))
    if page.parent and not page.parent.is_public:
        yield Problem("question", "parent", _("The page above, “%(title)s”, is not public.") % {"title": page.parent})


def problems_of_vacancy(vacancy: Vacancy) -> list[Problem]:
    found = []
    if not vacancy.summary:
        found.append(Problem("error", "summary", _("Write the summary: the list of posts shows it.")))
    if not vacancy.body or not vacancy.how_to_apply:
        found.append(Problem("error", "body", _("Describe the post, and say how to apply.")))
    if vacancy.is_closed:
        found.append(Problem("error", "closes_on", _("The closing date has passed. Give a later one.")))
    if vacancy.closes_on is None:
        found.append(Problem("question", "closes_on", _("The post has no closing date. Is it open until filled?")))
    return found
