"""What triggers keep: the indexes of search and the mark of changes. A further kind of content adds its own index here."""

from django.db import connection

from editorial import change_marks, index_tables
from institution import searching as institution
from people import entries
from people import searching as people
from publications import catalogue, project_searching
from publications import searching as publications
from research import searching as research

MARKS = ((catalogue.CHANGES, catalogue.WATCHED), (entries.CHANGES, entries.WATCHED))
INDEXES = (
    publications.INDEX,
    publications.RESOURCES,
    project_searching.INDEX,
    people.INDEX,
    research.INDEX,
    institution.INDEX,
    institution.VACANCIES,
)


def install(*, refill: bool) -> None:
    """Nothing while some room has not been migrated yet; the last run of `migrate` finds all tables."""
    tables = set(connection.introspection.table_names())
    wanted = {watch.table for index in INDEXES for watch in index.watches}
    wanted |= {model._meta.db_table for _mark, models in MARKS for model in models}
    if wanted <= tables:
        index_tables.install(INDEXES, refill=refill)
        for mark, models in MARKS:
            change_marks.install(mark, models)


def remove_triggers() -> None:
    index_tables.remove_triggers(INDEXES)
    for mark, models in MARKS:
        change_marks.remove_triggers(mark, models)
