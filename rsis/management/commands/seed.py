from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contact import seed as contact_seed
from editorial import roles
from events import seed as events_seed
from institution import seed as institution_seed
from people import seed as people_seed
from publications import seed as publications_seed
from research import seed as research_seed
from rsis import menu_seed


class Command(BaseCommand):
    help = _(
        "Create the series, centres, terms, languages, groups, legal pages and menu that are missing. Safe to run again."
    )  # type: ignore[assignment]

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        made = {
            "series": publications_seed.load(),
            "newsletters": publications_seed.load_newsletters(),
            "centres, topics and regions": research_seed.load(),
            "languages": people_seed.load(),
            "subjects of enquiries": contact_seed.load(),
            "kinds of events": events_seed.load(),
            "groups": roles.load(),
            "lines of menu and footer": menu_seed.load(),
            "legal pages": institution_seed.load(),
        }
        self.stdout.write(", ".join(f"{count} {words}" for words, count in made.items()) + " created.")
