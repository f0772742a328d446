"""Which words a page or a vacancy is found by: its own, and those of the rows that belong to it."""

from django.db.models import Case, QuerySet, When

from editorial.indexing import Column, Index, Watch
from editorial.queries import Question
from institution.models import CalendarDate, Degree, Edition, Intake, Page, Route, Vacancy
from institution.models import Question as Faq

_OWN = "SELECT {row}.page_id"


def _rows(table: str, words: str) -> str:
    words_of_rows = f"SELECT {{join}}({words}, ' ') FROM institution_{table} part WHERE part.page_id = item.id"  # noqa: S608 -- names of ours
    return f"coalesce(({words_of_rows}), '')"


INDEX = Index(
    Page,
    columns=(
        Column("title", "item.title || ' ' || item.short_title", "A", in_head=True),
        Column("summary", "item.summary || ' ' || item.signed_name", "B"),
        Column("body", "search_plain(item.body)", "C"),
        Column(
            "parts",
            " || ' ' || ".join(
                (
                    _rows("edition", "part.theme || ' ' || part.venue"),
                    _rows("intake", "part.name || ' ' || part.venue"),
                    _rows("degree", "part.award || ' ' || part.mode || ' ' || part.intake || ' ' || part.units"),
                    _rows("calendardate", "part.term || ' ' || part.label"),
                    _rows("question", "part.question || ' ' || search_plain(part.answer)"),
                    _rows("route", "part.title || ' ' || part.steps"),
                )
            ),
            "C",
        ),
    ),
    watches=(
        Watch(Page, ("title", "short_title", "summary", "signed_name", "body"), "SELECT {row}.id"),
        Watch(Edition, ("page_id", "theme", "venue"), _OWN),
        Watch(Intake, ("page_id", "name", "venue"), _OWN),
        Watch(Degree, ("page_id", "award", "mode", "intake", "units"), _OWN),
        Watch(CalendarDate, ("page_id", "term", "label"), _OWN),
        Watch(Faq, ("page_id", "question", "answer"), _OWN),
        Watch(Route, ("page_id", "title", "steps"), _OWN),
    ),
)

VACANCIES = Index(
    Vacancy,
    columns=(
        Column("title", "item.title || ' ' || item.reference", "A", in_head=True),
        Column("summary", "item.summary", "B"),
        Column("body", "search_plain(item.body || ' ' || item.how_to_apply)", "C"),
    ),
    watches=(Watch(Vacancy, ("title", "reference", "summary", "body", "how_to_apply"), "SELECT {row}.id"),),
)


def matching(question: Question) -> QuerySet[Page]:
    """Public pages, those found by their title first. One that shows another's text is found at the other's place."""
    first = Case(When(pk__in=INDEX.keys(question, head_only=True), then=0), default=1)
    public: QuerySet[Page] = Page.objects.published().filter(pk__in=INDEX.keys(question), shows__isnull=True)
    return public.select_related("centre").order_by(first, "title", "pk")


def matching_vacancies(question: Question) -> QuerySet[Vacancy]:
    open_posts: QuerySet[Vacancy] = Vacancy.objects.open().filter(pk__in=VACANCIES.keys(question))
    return open_posts.filter(page__in=Page.objects.published()).select_related("page__centre", "centre")
