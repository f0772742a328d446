from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from subscriptions import personal_data, restored


class Command(BaseCommand):
    help = (
        "After a backup was restored: erase again whoever was erased since, and say what becomes of the mail that was due in "
        "it. Without an option nothing leaves, and what waits is only counted as held."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--set-aside", action="store_true", help="list what waits for people; new mail leaves again")
        which.add_argument("--send", action="store_true", help="send what waits, though some of it may come twice")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Erased again: {personal_data.erase_again()} rows.")
        if options["set_aside"]:
            for what, count in restored.set_aside().items():
                self.stdout.write(f"Set aside, {what}: {count}")
        if options["set_aside"] or options["send"]:
            restored.release()
            self.stdout.write("Mail leaves again.")
        else:
            held = "Mail is held." if restored.is_held() else "Mail is not held: workers found nothing amiss so far."
            self.stdout.write(f"{held} Next: --set-aside or --send.")
