"""What announcing costs on the database of this environment: addressing, against a bare INSERT ... SELECT of the same rows;
and sending, against a bare smtplib loop and a bare asyncio sender of the same bytes to the same server.

Started by bench.py with --mail, as a program with its settings. The server takes everything and keeps nothing; it runs in
a process of its own.
"""

import argparse
import asyncio
import multiprocessing
import os
import smtplib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--letters", type=int, default=5_000)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench_settings"
    port = multiprocessing.Value("i", 0)
    sink = multiprocessing.Process(target=run_sink, args=(port,), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.01)
    os.environ |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port.value), "SMTP_TLS": "0", "BULK_A_MINUTE": "0"}
    django.setup()
    print(f"{options.subscribers:,} subscribers, {options.letters:,} letters\n")
    print("\n".join(["| What | Seconds | A second |", "|---|---:|---:|", *addressing(options.subscribers)]), flush=True)
    print("\n".join(sending(options.letters, port.value)), flush=True)
    sink.terminate()


def line(name: str, seconds: float, count: int) -> str:
    return f"| {name} | {seconds:.2f} | {count / seconds:,.0f} |"


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def addressing(count: int) -> list[str]:
    from django.db import connection, transaction  # noqa: PLC0415 -- Django is set up by now
    from django.utils import timezone  # noqa: PLC0415

    from publications.models import Publication  # noqa: PLC0415
    from rsis.demo.subscribers import add_subscribers  # noqa: PLC0415
    from subscriptions import announcing  # noqa: PLC0415
    from subscriptions.models import Delivery, Notification  # noqa: PLC0415

    add_subscribers(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    piece = Publication.objects.published().filter(series__family="inhouse").first()
    assert piece is not None
    bare_note = Notification.objects.create(subject="bare", state="stopped", occasion="bench bare")

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO subscriptions_delivery (notification_id, subscriber_id, target, domain, state, due_at, attempts,"
                " claim, reply, created_at) SELECT %s, id, 'publications', 'example.org', 'due', now(), 0, '', '', now()"
                " FROM subscriptions_subscriber WHERE state = 'confirmed'",
                [bare_note.pk],
            )

    took = timed(bare)
    rows = bare_note.deliveries.count()
    found = [line("bare INSERT ... SELECT, one statement", took, rows)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM subscriptions_delivery")
    with transaction.atomic():
        held = announcing.wish(piece, None)
        Notification.objects.filter(pk=held.pk).update(due_at=timezone.now())

    def ours() -> None:
        while Notification.objects.filter(pk=held.pk, state__in=["held", "expanding"]).exists():
            announcing.work()

    took = timed(ours)
    return [*found, line("addressed, by wishes, in batches", took, Delivery.objects.filter(notification=held).count())]


def sending(count: int, port: int) -> list[str]:
    from django.db import connections  # noqa: PLC0415

    from subscriptions import sending  # noqa: PLC0415
    from subscriptions.models import Delivery  # noqa: PLC0415

    row = Delivery.objects.filter(state="due").select_related("subscriber", "notification").first()
    assert row is not None
    parcel = sending.Deliveries().parcel(row)

    def by_smtplib() -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for _number in range(count):
                server.sendmail(parcel.sender, [parcel.to], parcel.data)

    found = [line(f"bare smtplib, one connection ({len(parcel.data):,} octets)", timed(by_smtplib), count)]
    took = timed(lambda: asyncio.run(by_asyncio(port, count, parcel.data)))
    found.append(line(f"bare asyncio, {CONNECTIONS} connections, nothing written down", took, count))
    for many in (1, CONNECTIONS):
        before = Delivery.objects.filter(state="sent").count()
        wanted = count // many

        def work(wanted: int = wanted) -> None:
            done = 0
            while done < wanted:
                done += sending.Deliveries().send_due(limit=min(200, wanted - done), seconds=60)
            connections.close_all()

        threads = [Thread(target=work) for _number in range(many)]
        started = time.perf_counter()
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        took = time.perf_counter() - started
        sent = Delivery.objects.filter(state="sent").count() - before
        found.append(line(f"ours, {many} connection{'s' if many > 1 else ''}, each letter written down", took, sent))
    return found


async def by_asyncio(port: int, count: int, data: bytes) -> None:
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


def run_sink(port: Any) -> None:
    asyncio.run(serve(port))


async def serve(port: Any) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while words := await reader.readline():
            if words[:4].upper() == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            if words[:4].upper() == b"QUIT":
                writer.write(b"221 Bye\r\n")
                break
            writer.write(b"250 OK\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=2**22)
    port.value = server.sockets[0].getsockname()[1]
    await server.serve_forever()


if __name__ == "__main__":
    main()
