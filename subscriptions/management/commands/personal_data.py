from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial import addresses
from subscriptions import personal_data


class Command(BaseCommand):
    help = (
        "Write down everything that is held about an e-mail address, or erase it. After a backup was restored, "
        "--again erases whoever was erased since."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="?", help="the e-mail address")
        parser.add_argument("--text", action="store_true", help="for reading, instead of JSON")
        parser.add_argument("--erase", action="store_true", help="erase it all; a keyed hash stays that bars an import")
        parser.add_argument("--again", action="store_true", help="apply the list of erasures again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self.stdout.write(f"Erased again: {personal_data.erase_again()} rows.")
            return
        try:
            address = addresses.read(options["address"] or "").stored
        except addresses.Refused as refusal:
            raise CommandError(str(refusal)) from None
        if options["erase"]:
            self.stdout.write(f"Erased: {personal_data.erase(address)} rows.")
            return
        held = personal_data.about(address)
        self.stdout.write(personal_data.as_text(held) if options["text"] else personal_data.as_json(held))
