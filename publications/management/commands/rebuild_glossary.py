from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as _

from publications import glossary


class Command(BaseCommand):
    help = _(
        "Find the abbreviations of all pieces again, after texts were brought in past the desk. Safe to run again."
    )  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{glossary.rebuild()} pieces read.")
