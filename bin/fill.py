"""Bring the database up to date and load the demonstration content when there is nothing yet; print how to sign in.

One process for both, because starting Django is most of what each would take. Ends with one of the two statuses below,
after the reason, when it cannot.
"""

import io
import os
import sys
import traceback
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.db import DatabaseError

MIGRATION_FAILED = 3
DEMONSTRATION_FAILED = 4


def main(demonstration: bool) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ["DJANGO_SETTINGS_MODULE"] = "rsis.settings"
    django.setup()
    attempt(MIGRATION_FAILED, "migrate", verbosity=0)
    if demonstration:
        announce_first_load()
        attempt(DEMONSTRATION_FAILED, "demo", if_empty=True, yes_this_is_not_production=True, stdout=io.StringIO())
        tell_sign_in()


def attempt(status: int, command: str, **options: object) -> None:
    try:
        call_command(command, **options)
    except (CommandError, DatabaseError) as error:
        print(error, file=sys.stderr)
        sys.exit(status)
    except Exception:  # noqa: BLE001 -- whatever it was, it is shown whole and ends the start
        traceback.print_exc()
        sys.exit(status)


def announce_first_load() -> None:
    from publications.models import Publication  # noqa: PLC0415 -- models need django.setup()

    if not Publication.objects.exists():
        print("Loading the demonstration content (once) ...", file=sys.stderr)


def tell_sign_in() -> None:
    from editorial.models import User  # noqa: PLC0415 -- as above
    from rsis.demo.desk import PASSWORD  # noqa: PLC0415

    if User.objects.filter(username="admin").exists():
        print(f"Demonstration sign-in: admin, password {PASSWORD} (a public site asks for a second factor too)", end="")


if __name__ == "__main__":
    main(demonstration="--demonstration" in sys.argv)
