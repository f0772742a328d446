"""Finding people by name as editors type it: accents, case, punctuation and the order of names do not count."""

from django.db.models import QuerySet

from people.folding import fold
from people.models import Person


def matching(query: str, people: QuerySet[Person] | None = None) -> QuerySet[Person]:
    """People of whose name every word of the query begins a word.

    Compared here and not in the database, because SQLite cannot fold accents; people are thousands, not millions.
    """
    everyone = Person.objects.all() if people is None else people
    wanted = fold(query)
    if not wanted:
        return everyone
    rows = everyone.values_list("pk", "name", "native_name", "sort_name")
    found = [
        pk
        for pk, *names in rows
        if all(any(word.startswith(part) for word in fold(" ".join(names))) for part in wanted)
    ]
    return everyone.filter(pk__in=found)


def namesakes(name: str) -> list[Person]:
    """People whose name has the same words, in whatever order: who is probably meant before anyone new is made."""
    wanted = sorted(fold(name))
    if not wanted:
        return []
    likely = matching(name)
    return [person for person in likely if wanted in (sorted(fold(person.name)), sorted(fold(person.native_name)))]
