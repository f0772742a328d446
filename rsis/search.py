"""The search page: what readers ask, answered by kinds of things. A further kind is a line in KINDS."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import CharField, Count, QuerySet, Value
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from editorial.queries import LONGEST, Question, ask
from events import searching as events_searching
from institution import searching as institution_searching
from people import searching as people_searching
from publications import project_searching
from publications import searching as publications_searching
from publications.answers import Answer
from publications.catalogue import Catalogue
from publications.models import ResourcePage, Series
from research import searching as research_searching
from research.models import ResearchCentre
from rsis.vocabulary import vocabulary

FEW = 3  # of a kind, where all kinds stand together
PER_PAGE = 20
# With fewer results than this a likely misspelling is pointed out.
SCANTY = 3


@dataclass(frozen=True)
class Kind:
    """What else can be found beside publications: rows of one kind and the component that shows one of them."""

    name: str
    label: str | Promise
    find: Callable[[Question, Catalogue], QuerySet[Any]]
    component: str


@dataclass
class Group:
    name: str
    label: str
    count: int
    url: str
    is_active: bool
    component: str = ""
    page: Any = field(default_factory=list)


def find_people(question: Question, catalogue: Catalogue) -> QuerySet[Any]:
    found = people_searching.matching(question, catalogue.sets["author"])
    return found.select_related("profile__photo").prefetch_related("appointments__centre")


def find_centres(question: Question, catalogue: Catalogue) -> QuerySet[Any]:
    keys = research_searching.INDEX.keys(question)
    return ResearchCentre.objects.filter(pk__in=keys).order_by("position", "name", "pk")


def find_projects(question: Question, catalogue: Catalogue) -> QuerySet[Any]:
    return project_searching.matching(question)


def find_pages(question: Question, catalogue: Catalogue) -> QuerySet[Any]:
    return institution_searching.matching(question)


def find_vacancies(question: Question, catalogue: Catalogue) -> QuerySet[Any]:
    return institution_searching.matching_vacancies(question)


def find_resource_pages(question: Question, catalogue: Catalogue) -> QuerySet[Any]:
    keys = publications_searching.RESOURCES.keys(question)
    found: QuerySet[Any] = ResourcePage.objects.published().filter(pk__in=keys).defer("intro")
    return found


def find_events(question: Question, catalogue: Catalogue) -> QuerySet[Any]:
    return events_searching.matching(question)


KINDS = (
    Kind("people", _("People"), find_people, "components/found_person.html"),
    Kind("centres", _("Centres and programmes"), find_centres, "components/found_centre.html"),
    Kind("projects", _("Research projects"), find_projects, "components/found_project.html"),
    Kind("events", _("Events"), find_events, "components/found_event.html"),
    Kind("pages", _("Pages"), find_pages, "components/found_page.html"),
    Kind("vacancies", _("Career Opportunities"), find_vacancies, "components/found_vacancy.html"),
    Kind("resources", _("Resource pages"), find_resource_pages, "components/found_resource.html"),
)


def typed(query: QueryDict) -> str:
    """The words of the box; the last, if given twice."""
    return " ".join(query.get("q", "").replace("\x00", " ")[:LONGEST].split())


def context(query: QueryDict, path: str) -> dict[str, Any]:
    """The context of templates/rsis/search.html."""
    text = typed(query)
    question = ask(text)
    if question is None:
        return {"text": text, "question": None, "shelf": _shelf()}
    clean = query.copy()
    clean["q"] = text
    answer = Answer(clean, path, question)
    wanted = query.get("kind", "")
    found = {kind.name: kind.find(question, answer.catalogue) for kind in KINDS}
    counts = _counts(found)
    groups = [_group(kind, found[kind.name], counts.get(kind.name, 0), answer, wanted) for kind in KINDS]
    pieces = Group("publications", str(_("Publications")), answer.count, "", wanted == "publications")
    pieces.url = _url(path, text, "publications")
    total = answer.count + sum(group.count for group in groups)
    is_all = not any(group.is_active for group in (pieces, *groups))
    tabs = [Group("", str(_("All")), total, _url(path, text), is_all), pieces, *groups]
    scanty = not answer.chosen.keys() - {"q"} and total < SCANTY
    return {
        "text": text,
        "question": question,
        "tabs": tabs,
        "total": total,
        "is_all": is_all,
        "groups": [group for group in groups if group.count and (is_all or group.is_active)],
        "listing": answer if is_all or pieces.is_active else None,
        "proposal": _proposal(question, answer, path) if scanty else None,
        "shelf": _shelf() if not total else None,
    }


def _counts(found: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """How many of each kind there are, in one statement for all; kinds of which there are none are left out."""
    each = [
        rows.order_by().annotate(found_kind=Value(name, CharField())).values("found_kind").annotate(number=Count("pk"))
        for name, rows in found.items()
    ]
    return {row["found_kind"]: row["number"] for row in each[0].union(*each[1:], all=True).order_by()}


def _group(kind: Kind, rows: QuerySet[Any], count: int, answer: Answer, wanted: str) -> Group:
    url = _url(answer.path, answer.question.text, kind.name)
    group = Group(kind.name, str(kind.label), count, url, wanted == kind.name, kind.component)
    if group.is_active:
        paginator: Paginator[Any] = Paginator(rows, PER_PAGE)
        paginator.count = count  # known already
        group.page = paginator.page(answer.number if answer.number in paginator.page_range else 1)
    elif count and not wanted:
        group.page = rows[:FEW]
    return group


def _url(path: str, text: str, kind: str = "") -> str:
    return f"{path}?{urlencode({'q': text} | ({'kind': kind} if kind else {}))}"


def _proposal(question: Question, answer: Answer, path: str) -> tuple[str, str] | None:
    """A likelier spelling and its address, if it leads to more publications."""
    text = vocabulary(answer.catalogue).proposal(question)
    likelier = ask(text) if text else None
    if likelier is None:
        return None
    found = publications_searching.match(likelier, answer.catalogue).bit_count()
    return (text, _url(path, text)) if found > answer.count else None


def _shelf() -> list[Series]:
    return list(Series.objects.filter(family=Series.Family.INHOUSE))
