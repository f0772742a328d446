"""Which words a project is found by."""

from django.db.models import Prefetch, QuerySet

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
    """Public projects that answer, the latest begun first. A statement, and two to fetch."""
    named = Investigator.objects.select_related("person")
    found: QuerySet[Project] = Project.objects.published().filter(pk__in=INDEX.matching(question))
    return found.defer("abstract").prefetch_related(Prefetch("investigators", named))
