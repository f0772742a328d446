"""Does what is due: every function below finds and claims its own work, so any number of workers may run at once.

Letters have a thread of their own, and so has bulk mail: nobody waits for a confirmation while a long paper is typeset or a
newsletter goes out.
"""

import gc
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone

from contact import retention
from editorial import change_marks, links, outside, pacing, pdf_texts, redirect_lists, renditions, trash
from events import correspondence, erasing, registering
from mail import letters
from publications import glossary, share_cards, typesetting
from rsis import link_checking, missed, unanswered
from subscriptions import announcing, personal_data, restored, sending, signing_up, websub
from subscriptions import retention as of_subscribers
from subscriptions.retention import counted

log = logging.getLogger(__name__)

PAUSE_SECONDS = 5
LONGEST_WAIT_SECONDS = 30
NIGHT_HOUR = 3  # in Singapore, when the fewest people read


class Duty(NamedTuple):
    """Something to do whenever it is due. `work` does a little of it and returns how much; 0 means nothing was due."""

    name: str
    work: Callable[[], int]
    is_nightly: bool = False
    is_mail: bool = False
    is_bulk: bool = False


# Give little work at a time, so that a worker told to stop has not long to finish.
DUTIES = (
    Duty("answers to sign-ups", signing_up.answer_due, is_mail=True),
    Duty("reminders of sign-ups", signing_up.remind_due, is_mail=True),
    Duty("offers that ran out", registering.let_offers_lapse, is_mail=True),
    Duty("reminders that came too late", correspondence.leave_out_late, is_mail=True),
    Duty("letters", letters.send_due, is_mail=True),
    Duty("reminders of events", correspondence.order_reminders, is_mail=True),
    Duty("notices to those registered", correspondence.write_notices, is_mail=True),
    Duty("announcements", announcing.work, is_bulk=True),
    Duty("mailings", sending.send_due, is_bulk=True),
    Duty("news of feeds", websub.tell_due),
    Duty("renditions", lambda: renditions.make_due(limit=1)),
    Duty("texts of PDFs", lambda: pdf_texts.read_due(limit=1)),
    Duty("typeset PDFs", typesetting.make_due),
    Duty("glossary", glossary.read_due),
    Duty("missing pages", missed.count),
    Duty("links in texts", links.find_due),
    Duty("links within the site", link_checking.check_due),
    Duty("links to other sites", outside.check_due),
    Duty("trash", trash.purge, is_nightly=True),
    Duty("typeset files that nothing names", typesetting.sweep, is_nightly=True),
    Duty("old share cards", share_cards.sweep, is_nightly=True),
    Duty("old letters", counted("letters", letters.tidy), is_nightly=True),
    Duty("registrations whose days are over", counted("registrations", erasing.erase_all_due), is_nightly=True),
    Duty("old searches", unanswered.purge, is_nightly=True),
    Duty("old missing pages", missed.purge, is_nightly=True),
    Duty("lists of redirects that were not taken in", redirect_lists.sweep, is_nightly=True),
    Duty("old counts of callers", pacing.purge, is_nightly=True),
    Duty("old personal data", counted("enquiries and feedback", retention.erase_old), is_nightly=True),
    Duty("sign-ups that nobody confirmed", counted("subscribers", of_subscribers.erase_old), is_nightly=True),
    Duty("old deliveries", counted("deliveries", of_subscribers.tally_old), is_nightly=True),
    Duty("erased before a backup was restored", counted("erased again", personal_data.erase_again), is_nightly=True),
    Duty("marks of changes", change_marks.tidy),
)


DUTIES_OF_MAIL = tuple(duty for duty in DUTIES if duty.is_mail)
DUTIES_OF_BULK = tuple(duty for duty in DUTIES if duty.is_bulk)
OTHER_DUTIES = tuple(duty for duty in DUTIES if not duty.is_mail and not duty.is_bulk)


class Command(BaseCommand):
    help = "Do what is due (pictures, PDFs, letters, links to check, trash to empty), until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, nightly work too, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            Worker(threading.Event(), DUTIES).do_everything(nightly=True)
            return
        stop = threading.Event()

        def told_to_stop(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, told_to_stop)
        signal.signal(signal.SIGINT, told_to_stop)
        settle()
        log.info("Worker started")
        beside = [
            threading.Thread(target=Worker(stop, duties).run, name=name)
            for name, duties in (("mail", DUTIES_OF_MAIL), ("bulk", DUTIES_OF_BULK))
        ]
        for one in beside:
            one.start()
        Worker(stop, OTHER_DUTIES).run()
        for one in beside:
            one.join()
        log.info("Worker stopped")


def settle() -> None:
    """What is loaded by now stays for as long as the process does: the collector need not look through it again and again,
    which takes a sixth of the time that a letter of a mailing costs.
    """
    gc.collect()
    gc.freeze()


class Worker:
    def __init__(self, stop: threading.Event, duties: tuple[Duty, ...]) -> None:
        self.stop, self.duties = stop, duties
        self.last_night = timezone.localdate() if timezone.localtime().hour >= NIGHT_HOUR else None

    def run(self) -> None:
        """Until told to stop. A database that is away is waited for, longer each time, and never ends the worker."""
        wait = 1
        while not self.stop.is_set():
            try:
                self.do_everything(nightly=self.is_night())
            except (OperationalError, InterfaceError) as error:
                log.error("The database does not answer (%s); trying again in %s s", str(error).strip(), wait)
                connections.close_all()
                self.stop.wait(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
                continue
            wait = 1
            close_old_connections()
            self.stop.wait(PAUSE_SECONDS)
        connections.close_all()

    def is_night(self) -> bool:
        """True once a night. A worker that was away at the hour does it when it is back."""
        today = timezone.localdate()
        if timezone.localtime().hour < NIGHT_HOUR or self.last_night == today:
            return False
        self.last_night = today
        return True

    def do_everything(self, nightly: bool) -> None:
        for duty in self.duties:
            if duty.is_nightly and not nightly:
                continue
            if (duty.is_mail or duty.is_bulk) and not restored.may_send():
                continue
            while not self.stop.is_set() and (count := duty.work()):
                log.info("%s: %s done", duty.name, count)
                if duty.is_nightly:
                    break
