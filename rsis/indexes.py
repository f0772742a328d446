"""What triggers keep: the indexes of search and the mark of changes. A further kind of content adds its own index here."""

from django.db import connection

from editorial import change_marks, index_tables
from events import searching as events
from people import searching as people
from publications import catalogue, project_searching
from publications import searching as publications
from research import searching as research

INDEXES = (publications.INDEX, project_searching.INDEX, events.INDEX, people.INDEX, research.INDEX)


def install(*, refill: bool) -> None:
    """Nothing while some room has not been migrated yet; the last run of `migrate` finds all tables."""
    tables = set(connection.introspection.table_names())
    wanted = {watch.table for index in INDEXES for watch in index.watches}
    wanted |= {model._meta.db_table for model in catalogue.WATCHED}
    if wanted <= tables:
        index_tables.install(INDEXES, refill=refill)
        change_marks.install(catalogue.CHANGES, catalogue.WATCHED)


def remove_triggers() -> None:
    index_tables.remove_triggers(INDEXES)
    change_marks.remove_triggers(catalogue.CHANGES, catalogue.WATCHED)
