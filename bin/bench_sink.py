"""A mail server for the benchmark, in a process of its own: it takes everything and keeps nothing. Like Postfix it offers
PIPELINING, CHUNKING and 8BITMIME to everybody.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def sink() -> Iterator[int]:
    """The port that it listens on."""
    port = multiprocessing.Value("i", 0)
    process = multiprocessing.Process(target=_run, args=(port,), daemon=True)
    process.start()
    while not port.value:
        time.sleep(0.01)
    try:
        yield port.value
    finally:
        process.terminate()
        process.join()


def _run(port: Any) -> None:
    asyncio.run(_serve(port))


async def _serve(port: Any) -> None:
    server = await asyncio.start_server(_talk, "127.0.0.1", 0, limit=2**22)
    port.value = server.sockets[0].getsockname()[1]
    await server.serve_forever()


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    while words := await reader.readline():
        verb = words[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
        if verb == b"BDAT":
            await reader.readexactly(int(words.split()[1]))
        if verb == b"QUIT":
            writer.write(b"221 Bye\r\n")
            break
        writer.write(
            b"250-sink\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME\r\n" if verb == b"EHLO" else b"250 OK\r\n"
        )
    writer.close()
