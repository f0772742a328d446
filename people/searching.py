"""Which words a person is found by."""

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


def matching(question: Question) -> list[int]:
    """Keys of people found by name and posts, best of all first, and by a biography if it is public now."""
    by_head = INDEX.matching(question, head_only=True)
    profiles = StaffProfile.objects.published().order_by().values_list("person_id", flat=True)
    by_text = set(INDEX.matching(question)) & set(profiles)
    return list(dict.fromkeys([*sorted(by_head), *sorted(by_text)]))
