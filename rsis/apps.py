from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class RsisConfig(AppConfig):
    name = "rsis"
    verbose_name = "Site"

    def ready(self) -> None:
        from editorial import metadata  # noqa: PLC0415 -- models are not there before
        from rsis import navigation, signing_in  # noqa: PLC0415

        metadata.publisher_from[:] = [navigation.publisher]
        connection_created.connect(watch_writes, dispatch_uid="page cache")
        pre_migrate.connect(before_migrating, sender=self)
        post_migrate.connect(after_migrating, sender=self)
        user_logged_in.connect(signing_in.note_sign_in)
        user_logged_out.connect(signing_in.note_sign_out)
        user_login_failed.connect(signing_in.note_failure)


def watch_writes(connection: Any, **_kwargs: Any) -> None:
    """Every connection of every process tells the page cache of what it writes."""
    from rsis.page_cache import watch  # noqa: PLC0415 -- models are there by now, and not when this file is read

    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


def before_migrating(plan: list[Any], **_kwargs: Any) -> None:
    from rsis import indexes  # noqa: PLC0415 -- models are ready only now

    if plan:
        indexes.remove_triggers()


def after_migrating(plan: list[Any] | None = None, **_kwargs: Any) -> None:
    """After a migration any table may have changed, and after `flush`, which has no plan, all are empty."""
    from rsis import indexes  # noqa: PLC0415

    indexes.install(refill=plan is None or bool(plan))
