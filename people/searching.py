"""Which words a person is found by."""

from collections.abc import Container, Hashable

from django.db.models import Case, QuerySet, When

from editorial.indexing import Column, Index, Watch
from editorial.queries import Question
from people.models import Appointment, Person, StaffProfile

INDEX = Index(
    Person,
    columns=(
        Column("name", "item.name || ' ' || item.native_name", "A", in_head=True),
        Column(
            "posts",
            "(SELECT {join}(post.title, ' ') FROM people_appointment post WHERE post.person_id = item.id)",
            "B",
            in_head=True,
        ),
        Column(
            "biography",
            "(SELECT search_plain(profile.biography) FROM people_staffprofile profile"
            " WHERE profile.person_id = item.id)",
            "C",
        ),
    ),
    watches=(
        Watch(Person, ("name", "native_name"), "SELECT {row}.id"),
        Watch(Appointment, ("person_id", "title"), "SELECT {row}.person_id", only_head=True),
        Watch(StaffProfile, ("person_id", "biography"), "SELECT {row}.person_id"),
    ),
)


def matching(question: Question, authors: Container[Hashable]) -> QuerySet[Person]:
    """People with a public page found by name or post, and after them by a biography that is public now.

    `authors` are the keys of those who have a public page by what they published. Three statements.
    """
    profiles = set(StaffProfile.objects.published().order_by().values_list("person_id", flat=True))
    by_head = {key for key in INDEX.matching(question, head_only=True) if key in profiles or key in authors}
    by_text = profiles.intersection(INDEX.matching(question)) - by_head
    first = Case(When(pk__in=by_head or {0}, then=0), default=1)
    return Person.objects.filter(pk__in=by_head | by_text, has_page=True).order_by(first, "sort_key", "pk")
