import signal
import sys
from argparse import ArgumentParser
from datetime import date
from types import FrameType, TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.models import Publication
from rsis.demo import bulk, bulk_events, content, desk, subscribers
from rsis.demo.progress import Bar


class Command(BaseCommand):
    help = "Fill an empty site with invented people and original pieces. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--publications", type=int, metavar="N", help="How many pieces in all; more than are written are composed."
        )
        parser.add_argument(
            "--people", type=int, metavar="N", help="How many people in all (default: one for every hundred pieces)."
        )
        parser.add_argument("--events", type=int, metavar="N", help="How many events in all (default: those written).")
        parser.add_argument("--subscribers", type=int, metavar="N", help="How many invented subscribers in all.")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="Another number composes other pieces.")
        parser.add_argument(
            "--today", type=date.fromisoformat, metavar="DAY", help="Date everything relative to this day."
        )
        parser.add_argument("--if-empty", action="store_true", help="Do nothing when the site has publications.")
        parser.add_argument("--yes-this-is-not-production", action="store_true", help="Load although DEBUG is off.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Publication.objects.exists():
            return
        if not settings.DEBUG and not options["yes_this_is_not_production"]:
            raise CommandError(
                _(
                    "DEBUG is off, so this may be a public site: the demonstration would put invented pieces on it "
                    "and an administrator whose password is known. If it is not public, add --yes-this-is-not-production."
                )
            )
        today = options["today"] or timezone.localdate()
        loaded = content.load(today)
        self.stdout.write(f"{loaded.created} pieces written, {Publication.objects.count()} in all.")
        self._compose(options, today)
        if options["subscribers"] and (added := subscribers.add_subscribers(options["subscribers"])):
            self.stdout.write(f"{added} subscribers added.")
        self.stdout.write(f"Sign in at /admin/ as admin with the password {desk.PASSWORD}.")

    def _compose(self, options: dict[str, Any], today: date) -> None:
        wanted = options["publications"] or 0
        people = options["people"] or wanted // 100
        bulk.add_people(people, options["seed"])
        for count in bulk_events.compose(options["events"] or 0, options["seed"], today):
            self.stdout.write(f"{count} events.")
        if wanted <= Publication.objects.count():
            return
        with Stop() as stop, Bar(wanted, self.stderr) as bar:
            for count in bulk.compose(wanted, options["seed"], today):
                bar.show(count)
                if stop.asked:
                    break
        if stop.asked:
            self.stderr.write(f"Stopped at {Publication.objects.count()}. Run the same command again to go on.")
            sys.exit(128 + stop.asked)


class Stop:
    """Turns SIGTERM and Ctrl-C into a wish, so that the batch being written is finished."""

    def __init__(self) -> None:
        self.asked = 0

    def __enter__(self) -> Self:
        self.before = {number: signal.signal(number, self._note) for number in (signal.SIGTERM, signal.SIGINT)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = number
