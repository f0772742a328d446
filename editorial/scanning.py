"""Asks ClamAV's daemon about an upload, where there is one (`CLAMD`). Its protocol: lengths and pieces, an empty one, an answer."""

import socket
from collections.abc import Iterable

from django.conf import settings

SECONDS = 60
PIECE = 64 * 1024


class Infected(Exception):
    """The scanner knows what this is. The message is its name."""


class ScannerAway(Exception):
    """The scanner should have been asked and does not answer."""


def scan(pieces: Iterable[bytes]) -> None:
    """Raise Infected or ScannerAway; without a scanner, do nothing."""
    if not settings.CLAMD:
        return
    try:
        with _connect() as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for start in range(0, len(piece), PIECE):
                    part = piece[start : start + PIECE]
                    line.sendall(len(part).to_bytes(4) + part)
            line.sendall(bytes(4))
            answer = line.makefile("rb").read(4096).decode("utf-8", "replace").strip("\0\n ")
    except OSError as error:
        raise ScannerAway from error
    if answer.endswith(" FOUND"):
        raise Infected(answer.removeprefix("stream: ").removesuffix(" FOUND"))
    if not answer.endswith("OK"):
        raise ScannerAway


def _connect() -> socket.socket:
    if settings.CLAMD.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(SECONDS)
        try:
            line.connect(settings.CLAMD)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = settings.CLAMD.rpartition(":")
    return socket.create_connection((host, int(port)), SECONDS)
