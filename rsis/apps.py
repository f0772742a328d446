from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.backends.signals import connection_created


class RsisConfig(AppConfig):
    name = "rsis"
    verbose_name = "Home page"

    def ready(self) -> None:
        from rsis import signing_in  # noqa: PLC0415 -- models are not there before

        connection_created.connect(watch_writes, dispatch_uid="page cache")
        user_logged_in.connect(signing_in.note_sign_in)
        user_logged_out.connect(signing_in.note_sign_out)
        user_login_failed.connect(signing_in.note_failure)


def watch_writes(connection: Any, **_kwargs: Any) -> None:
    """Every connection of every process tells the page cache of what it writes."""
    from rsis.page_cache import watch  # noqa: PLC0415 -- models are there by now, and not when this file is read

    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)
