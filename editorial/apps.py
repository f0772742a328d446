from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class EditorialConfig(AppConfig):
    name = "editorial"

    def ready(self) -> None:
        from editorial import checks  # noqa: F401, PLC0415 -- registers them; settings are ready only now

        connection_created.connect(teach_search, dispatch_uid="search functions")


def teach_search(connection: Any, **kwargs: Any) -> None:
    """Triggers of the search index on SQLite call functions that every connection has to bring."""
    if connection.vendor == "sqlite":
        from editorial.index_tables import register_functions  # noqa: PLC0415 -- knows models, which are ready only later

        register_functions(connection.connection)
