from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from editorial import trash


class Command(BaseCommand):
    help = "Delete for good what has been in the trash for 90 days. The worker does this each night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go, and why something stays; delete nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            self.stdout.write(f"{trash.purge()} deleted for good.")
            return
        for item, reason in trash.rehearse():
            words = f"stays ({reason})" if reason else "goes"
            self.stdout.write(f"{item._meta.label_lower} {item.pk} {words}: {item}")
