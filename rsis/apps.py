from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class RsisConfig(AppConfig):
    name = "rsis"
    verbose_name = "Site"

    def ready(self) -> None:
        pre_migrate.connect(before_migrating, sender=self)
        post_migrate.connect(after_migrating, sender=self)


def before_migrating(plan: list[Any], **kwargs: Any) -> None:
    from rsis import indexes  # noqa: PLC0415 -- models are ready only now

    if plan:
        indexes.remove_triggers()


def after_migrating(plan: list[Any] | None = None, **kwargs: Any) -> None:
    """After a migration any table may have changed, and after `flush`, which has no plan, all are empty."""
    from rsis import indexes  # noqa: PLC0415

    indexes.install(refill=plan is None or bool(plan))
