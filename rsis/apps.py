from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class RsisConfig(AppConfig):
    name = "rsis"
    verbose_name = "Home page"

    def ready(self) -> None:
        connection_created.connect(watch_writes, dispatch_uid="page cache")


def watch_writes(connection: Any, **_kwargs: Any) -> None:
    """Every connection of every process tells the page cache of what it writes."""
    from rsis.page_cache import watch  # noqa: PLC0415 -- models are there by now, and not when this file is read

    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)
