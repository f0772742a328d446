"""Which words a project is found by."""

from django.db.models import Case, QuerySet, When

from editorial.indexing import Column, Index, Watch
from editorial.queries import Question
from people.models import Person
from publications.models import Investigator, Project

INDEX = Index(
    Project,
    columns=(
        Column("title", "item.title", "A", in_head=True),
        Column(
            "investigators",
            "(SELECT {join}(coalesce(person.name, named.name), ' ') FROM publications_investigator named"
            " LEFT JOIN people_person person ON person.id = named.person_id WHERE named.project_id = item.id)",
            "B",
            in_head=True,
        ),
        Column("summary", "item.summary", "B"),
        Column("abstract", "search_plain(item.abstract)", "C"),
    ),
    watches=(
        Watch(Project, ("title", "summary", "abstract"), "SELECT {row}.id"),
        Watch(Investigator, ("project_id", "person_id", "name"), "SELECT {row}.project_id", only_head=True),
        Watch(
            Person,
            ("name",),
            "SELECT project_id FROM publications_investigator WHERE person_id = {row}.id",
            only_head=True,
        ),
    ),
)


def matching(question: Question) -> QuerySet[Project]:
    """Public projects that answer, those by title or investigator first. Two statements, and one to fetch."""
    first = Case(When(pk__in=INDEX.matching(question, head_only=True) or [0], then=0), default=1)
    found = Project.objects.published().filter(pk__in=INDEX.matching(question)).for_cards()
    rows: QuerySet[Project] = found.order_by(first, "title", "pk")
    return rows
