from typing import Any

from django.core.management.base import BaseCommand

from subscriptions import sender_check


class Command(BaseCommand):
    help = "Say what mail providers still need before they take bulk mail from us: SPF, DKIM, DMARC, reverse DNS, our settings."

    def handle(self, *args: Any, **options: Any) -> None:
        found = sender_check.everything()
        for one in found:
            self.stdout.write(f"{one.standing:<8} {one.about}: {one.words}")
        if any(one.standing == sender_check.MISSING for one in found):
            self.stderr.write("Not ready: see the lines marked missing.")
            raise SystemExit(1)
