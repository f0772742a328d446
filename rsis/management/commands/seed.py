from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from editorial import roles
from events import seed as events_seed
from publications import seed as publications_seed
from research import seed as research_seed
from rsis import menu_seed


class Command(BaseCommand):
    help = _(
        "Create the series, centres, topics, regions, kinds of events, groups and the menu that are missing. Safe to run again."
    )  # type: ignore[assignment]

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        made = {
            "series": publications_seed.load(),
            "centres, topics and regions": research_seed.load(),
            "kinds of events": events_seed.load(),
            "groups": roles.load(),
            "lines of menu and footer": menu_seed.load(),
        }
        self.stdout.write(", ".join(f"{count} {words}" for words, count in made.items()) + " created.")
