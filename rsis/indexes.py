"""The indexes of the site's search. A further kind of content adds its own here and to `rsis.search`."""

from django.db import connection

from editorial import index_tables
from people import searching as people
from publications import searching as publications
from research import searching as research

INDEXES = (publications.INDEX, people.INDEX, research.INDEX)


def install(*, refill: bool) -> None:
    """Nothing while some room has not been migrated yet; the last run of `migrate` finds all tables."""
    tables = set(connection.introspection.table_names())
    wanted = {watch.table for index in INDEXES for watch in index.watches}
    if wanted <= tables:
        index_tables.install(INDEXES, refill=refill)


def remove_triggers() -> None:
    index_tables.remove_triggers(INDEXES)
