from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from events import erasing


class Command(BaseCommand):
    help = "Erase the personal data of those registered for events whose days are over, as the worker does every night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")

    def handle(self, *args: Any, **options: Any) -> None:
        desks = erasing.due_desks()
        for desk in desks:
            ended = timezone.localtime(desk.event.ends_at)
            count = erasing.due_count(desk)
            self.stdout.write(
                f"{desk.event.title} (ended {ended:%d %b %Y}, kept {desk.erase_after_days} days): {count}"
            )
        if not desks:
            self.stdout.write("Nothing is due.")
        elif options["dry_run"]:
            self.stdout.write("Nothing was erased: this was a dry run.")
        else:
            self.stdout.write(f"Erased: {erasing.erase_all_due()}.")
