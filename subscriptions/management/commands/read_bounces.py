import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from subscriptions import bounces


class Command(BaseCommand):
    help = (
        "Take in what came to bounces+...@ and leave+...@: an mbox file, or one message or mbox on standard input, as the mail "
        "server hands it over. Reading the same again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mbox", nargs="?", default="-", help="a file; - or nothing for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = sys.stdin.buffer.read() if options["mbox"] == "-" else Path(options["mbox"]).read_bytes()
        except OSError as error:
            raise CommandError(f"{options['mbox']} cannot be read: {error.strerror}") from error
        counted = Counter(bounces.read(one).word for one in bounces.splits(data))
        words = ", ".join(f"{word}: {count}" for word, count in sorted(counted.items()))
        self.stdout.write(words or "No message.")
