"""What triggers keep: the indexes of search and the mark of changes. A further kind of content adds its own index here."""

from django.apps import apps
from django.db import connection

from editorial import change_marks, index_tables
from events import searching as events
from institution import searching as institution
from people import searching as people
from publications import catalogue, project_searching
from publications import searching as publications
from research import searching as research
from rsis.page_cache import UNSEEN

INDEXES = (
    publications.INDEX,
    publications.RESOURCES,
    project_searching.INDEX,
    events.INDEX,
    people.INDEX,
    research.INDEX,
    institution.INDEX,
    institution.VACANCIES,
)


def install(*, refill: bool) -> None:
    """Nothing while some room has not been migrated yet; the last run of `migrate` finds all tables."""
    tables = set(connection.introspection.table_names())
    wanted = {watch.table for index in INDEXES for watch in index.watches}
    if (wanted | seen()) <= tables:
        index_tables.install(INDEXES, refill=refill)
        change_marks.install(seen(), {model._meta.db_table for model in catalogue.WATCHED})


def seen() -> set[str]:
    """The tables that a public page may show: all but those of which it is known that none does."""
    models = apps.get_models(include_auto_created=True)
    names = {model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy}
    return {name for name in names if not UNSEEN.fullmatch(name)}


def remove_triggers() -> None:
    index_tables.remove_triggers(INDEXES)
    change_marks.remove_triggers()
