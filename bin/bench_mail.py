"""What a mailing costs on PostgreSQL: addressing, against a bare INSERT ... SELECT of the same rows; sending, against a bare
smtplib loop and a bare asyncio sender of as many octets to the same server, in turns; and what others wait for meanwhile:
the editor who publishes, whoever leaves, whoever awaits a confirmation.

Started by bench.py with --mail, as a program with its settings. How to read it: docs/benchmark.md.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from bench_sink import sink

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS, ROUNDS = 10, 5
LEAVERS, CONFIRMATIONS = 200, 200
BARE = """
    INSERT INTO subscriptions_delivery (notification_id, subscriber_id, target, domain, state, due_at, attempts, claim, reply,
        created_at)
    SELECT %s, id, 'publications', 'mail.example', 'due', now(), 0, '', '', now() FROM subscriptions_subscriber
    WHERE state = 'confirmed'"""
# All of them want it at once; every fifth follows a second list of the piece.
READERS = """
    INSERT INTO subscriptions_subscriber (email, key, mark, state, created_at, confirmed_at, wanted_email, wanted_agreed, digest_hour)
    SELECT address, address, gen_random_uuid(), 'confirmed', now() - interval '40 days', now() - interval '40 days', '', '', 7
    FROM (SELECT 'reader' || number || '@' || (ARRAY['mail', 'post', 'school', 'ministry'])[number %% 4 + 1] || '.example' AS address
        FROM generate_series(1, %s) number) invented"""
WISHES = """
    INSERT INTO subscriptions_subscription (subscriber_id, target, label, frequency, is_active, created_at)
    SELECT id, %s, %s, 'once', true, now() - interval '40 days' FROM subscriptions_subscriber WHERE id %% %s = 0"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--letters", type=int, default=10_000, help="in each of the rounds")
    parser.add_argument("--newsletter", type=int, default=20_000, help="while people leave and confirm")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench_settings"
    with sink() as port:
        os.environ |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "SMTP_TLS": "0", "BULK_A_MINUTE": "0"}
        os.environ["REQUIRE_SECOND_FACTOR"] = "0"
        django.setup()
        print(
            f"{options.subscribers:,} subscribers to all of whom it matters\n\n| What | Seconds | A second | |\n|---|---:|---:|---|"
        )
        fill(options.subscribers)
        addressing()
        sending(options.letters, port)
        print("\n| What | Median ms | 95 % ms | Worst ms |\n|---|---:|---:|---:|")
        publishing()
        with newsletter(options.newsletter):
            leaving()
        with newsletter(options.newsletter):
            confirmations()


def row(name: str, seconds: float, count: int, beside: str = "") -> None:
    print(f"| {name} | {seconds:.2f} | {count / seconds:,.0f} | {beside} |", flush=True)


def waits(name: str, seconds: list[float], beside: str = "") -> None:
    ordered = sorted(1000 * one for one in seconds)
    middle, most = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
    print(f"| {name} | {middle:.1f} | {most:.1f} | {ordered[-1]:.1f} |{beside}", flush=True)


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def execute(statement: str, values: list[Any] | None = None) -> int:
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def fill(count: int) -> None:
    from publications.models import Publication  # noqa: PLC0415
    from subscriptions import lists  # noqa: PLC0415

    execute(READERS, [count])
    second = pieces(Publication)[0].series.get_absolute_url()
    for target, share in ((lists.PUBLICATIONS, 1), (second, 5)):
        execute(WISHES, [target, f"List {target}", share])
    execute("VACUUM ANALYZE")


def pieces(model: Any) -> Any:
    """Two of one series, whose list every fifth follows."""
    ours = model.objects.published().filter(series__family="inhouse").order_by("-pk")
    first = ours.first()
    assert first is not None
    second = ours.filter(series=first.series).exclude(pk=first.pk).first()
    return first, second


def addressing() -> None:
    """Before and after the bare statement, as the machine may have less to do at one time than at another."""
    from subscriptions.models import Delivery, Notification  # noqa: PLC0415

    bare = Notification.objects.create(subject="bare", state="stopped", occasion="bench bare")
    first, _megabytes, _key = in_a_process(address, 0)
    execute("TRUNCATE subscriptions_delivery CASCADE")
    took = timed(lambda: execute(BARE, [bare.pk]))
    row("bare INSERT ... SELECT, one statement", took, bare.deliveries.count())
    execute("TRUNCATE subscriptions_delivery CASCADE")
    second, megabytes, key = in_a_process(address, 1)
    ours = (first + second) / 2
    found = Delivery.objects.filter(notification=key)
    people = found.values("subscriber").distinct().count()
    told = f"{ours / took:.2f} times the bare one; {megabytes:.0f} MB at most; {people:,} people, {found.count() - people} twice"
    row(f"addressed, by wishes, in batches ({first:.2f} before, {second:.2f} after)", ours, people, told)


def in_a_process(work: Callable[..., None], *given: Any) -> Any:
    """What it puts into the queue. The memory of such a process is its own."""
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    answer: Any = multiprocessing.Queue()
    process = multiprocessing.Process(target=work, args=(answer, *given))
    process.start()
    found = answer.get()
    process.join()
    return found


def address(answer: Any, place: int) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from publications.models import Publication  # noqa: PLC0415
    from subscriptions import announcing  # noqa: PLC0415
    from subscriptions.models import Notification  # noqa: PLC0415

    held = announcing.wish(pieces(Publication)[place], None)
    Notification.objects.filter(pk=held.pk).update(due_at=timezone.now())

    def work() -> None:
        while Notification.objects.filter(pk=held.pk, state__in=["held", "expanding"]).exists():
            announcing.work()

    answer.put((timed(work), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, held.pk))


def sending(count: int, port: int) -> None:
    from subscriptions.models import Delivery  # noqa: PLC0415
    from subscriptions.parcels import COLUMNS, Recipient  # noqa: PLC0415
    from subscriptions.sending import Deliveries  # noqa: PLC0415

    execute("VACUUM ANALYZE subscriptions_delivery")  # or the database does so by itself, at any time in the rounds
    first = Delivery.objects.filter(state="due").values_list(*COLUMNS).first()
    assert first is not None
    parcel = Deliveries().parcel(Recipient(*first))

    def by_smtplib() -> float:
        with smtplib.SMTP("127.0.0.1", port) as server:
            return timed(lambda: [server.sendmail(parcel.sender, [parcel.to], parcel.data) for _number in range(count)])

    def by_asyncio() -> float:
        return timed(lambda: asyncio.run(asyncio_sender(port, count, parcel.data)))

    ways: dict[str, Callable[[], float]] = {
        f"bare smtplib, one connection ({len(parcel.data):,} octets)": by_smtplib,
        "ours, one connection, each letter its reader's own and written down": lambda: by_workers(1, 1, count),
        f"bare asyncio, {CONNECTIONS} connections, nothing written down": by_asyncio,
        f"ours, one worker of {CONNECTIONS} connections": lambda: by_workers(1, CONNECTIONS, count),
        f"ours, two workers of {CONNECTIONS // 2} connections": lambda: by_workers(2, CONNECTIONS // 2, count),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(ROUNDS):
        for name, work in ways.items():
            took[name].append(work())
    middles = {name: statistics.median(found) for name, found in took.items()}
    yardstick = 0.0
    for name, middle in middles.items():
        is_bare = name.startswith("bare")
        yardstick = middle if is_bare else yardstick
        row(name, middle, count, "" if is_bare else f"{100 * yardstick / middle:.0f} % of bare")


def by_workers(workers: int, connections: int, count: int) -> float:
    """The time from the first letter to the last, workers being ready."""
    from django.db import connections as databases  # noqa: PLC0415

    databases.close_all()
    ready, go = multiprocessing.Semaphore(0), multiprocessing.Event()
    processes = [
        multiprocessing.Process(target=send, args=(connections, count // workers, ready, go))
        for _number in range(workers)
    ]
    for one in processes:
        one.start()
    for _one in processes:
        ready.acquire()
    started = time.perf_counter()
    go.set()
    for one in processes:
        one.join()
    return time.perf_counter() - started


def send(connections: int, count: int, ready: Any, go: Any) -> None:
    """As a worker does it, turn after turn."""
    from django.conf import settings  # noqa: PLC0415

    from rsis.management.commands.worker import settle  # noqa: PLC0415
    from subscriptions.sending import Deliveries  # noqa: PLC0415

    settings.BULK_CONNECTIONS = connections
    Deliveries().send_due(limit=5)  # whose first letter makes what all have in common
    settle()
    ready.release()
    go.wait()
    done = 0
    while done < count:
        done += Deliveries().send_due(limit=count - done)
    os._exit(0)


async def asyncio_sender(port: int, count: int, data: bytes) -> None:
    left = iter(range(count))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def say(words: bytes) -> None:
            writer.write(words)
            await reader.readline()

        await reader.readline()
        await say(b"HELO bench\r\n")
        for _number in left:
            await say(b"MAIL FROM:<a@example.org>\r\n")
            await say(b"RCPT TO:<b@example.org>\r\n")
            await say(b"DATA\r\n")
            await say(data + b"\r\n.\r\n")
        writer.close()

    await asyncio.gather(*(one() for _number in range(CONNECTIONS)))


def publishing() -> None:
    """The editor's request at publishing, with the box of "notify" ticked."""
    from django.test import Client  # noqa: PLC0415

    from editorial.models import User  # noqa: PLC0415
    from publications.models import Publication  # noqa: PLC0415
    from subscriptions.models import Notification  # noqa: PLC0415
    from tests.desk_form import error_summary, form_data  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    editor, _made = User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})
    client.force_login(editor)
    took, shown = [], []
    for piece in Publication.objects.published().filter(series__family="inhouse").order_by("pk")[1:8]:
        Publication.objects.filter(pk=piece.pk).update(state="draft", first_published_at=None)
        address = f"/admin/publications/publication/{piece.pk}/change/"
        started = time.perf_counter()
        page: Any = client.get(address)
        shown.append(time.perf_counter() - started)
        data = form_data(page, "publication_form") | {"_step": "publish", "notify": "on"}
        started = time.perf_counter()
        sent: Any = client.post(address, data)
        took.append(time.perf_counter() - started)
        assert (error_summary(sent), Notification.objects.filter(object_id=piece.pk).count()) == ("", 1)
    waits("the page on which an editor publishes, with the count of readers", shown)
    waits("the editor's request: publish, and tell everybody", took)
    Notification.objects.filter(state="held").update(state="stopped")


@contextmanager
def newsletter(count: int) -> Iterator[None]:
    """Meanwhile a worker sends a mailing of so many letters."""
    from subscriptions.models import Delivery  # noqa: PLC0415

    execute("UPDATE subscriptions_delivery SET state = 'skipped', due_at = NULL WHERE state = 'due'")
    execute(
        "UPDATE subscriptions_delivery SET state = 'due', due_at = now() WHERE id IN"
        " (SELECT id FROM subscriptions_delivery WHERE state = 'skipped' LIMIT %s)", [count],
    )  # fmt: skip
    before = Delivery.objects.filter(state="sent").count()
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        while Delivery.objects.filter(state="sent").count() == before:
            time.sleep(0.1)
        yield
        left = Delivery.objects.filter(state="due").count()
        print(f"| (letters of the newsletter still waiting after that: {left:,} of {count:,}) | | | |")
    finally:
        worker.terminate()
        worker.wait()


def leaving() -> None:
    """S6: one-click, by those whose letters go out just then."""
    from django.test import Client  # noqa: PLC0415

    from subscriptions.links import unsubscribe_url  # noqa: PLC0415
    from subscriptions.models import Delivery  # noqa: PLC0415

    client, took = Client(SERVER_NAME="localhost"), []
    for place in range(LEAVERS):
        due = Delivery.objects.filter(state="due").select_related("subscriber").order_by("due_at", "pk")[: 20 + place]
        rows = list(due)
        if not rows:
            break
        url = unsubscribe_url(rows[-1].subscriber, rows[-1].target).partition("localhost")[2]
        started = time.perf_counter()
        answer = client.post(url, {"List-Unsubscribe": "One-Click"})
        took.append(time.perf_counter() - started)
        assert answer.status_code == 200
    waits(f"one-click leaving while a newsletter goes out ({len(took)} times)", took)


def confirmations() -> None:
    """S4: from the request that wrote a letter until the mail server took it."""
    from mail import letters  # noqa: PLC0415
    from mail.models import Letter  # noqa: PLC0415

    for number in range(CONFIRMATIONS):
        letters.write(f"bench:{number}", ("Reader", f"r{number}@mail.example"), "Please confirm", "Confirm here. " * 50)
        time.sleep(0.05)
    while Letter.objects.filter(key__startswith="bench:", state__in=["due", "handing"]).exists():
        time.sleep(0.1)
    rows = Letter.objects.filter(key__startswith="bench:", sent_at__isnull=False).values_list("created_at", "sent_at")
    found = [(sent - written).total_seconds() for written, sent in rows if sent]
    waits(f"a confirmation while a newsletter goes out ({len(found)} of {CONFIRMATIONS})", found)


if __name__ == "__main__":
    main()
