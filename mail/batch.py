"""The rows that a worker has in its hands at a time."""

import time
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, Protocol

from mail import leaving
from mail.line import Outcome

FIRST_AT_ONCE, MOST_AT_ONCE = 10, 250


class InHand(Protocol):
    """A row that is to be sent, or what is asked of it."""

    @property
    def pk(self) -> Any: ...


@dataclass
class Batch[Row: InHand]:
    """And what became of those that it came to."""

    claim: str
    keys: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)  # those that are wanted
    unwanted: dict[int, str] = field(default_factory=dict)  # why
    ended: list[tuple[Row, Outcome]] = field(default_factory=list)
    marked: float = 0.0
    begun: int = 0

    @property
    def is_old(self) -> bool:
        return time.monotonic() - self.marked > leaving.FRESH

    def next_size(self) -> int:
        """As many as this pace brings to the server before the next asking."""
        if not self.begun:
            return FIRST_AT_ONCE
        took = time.monotonic() - self.marked
        return max(1, min(int(self.begun * 0.8 * leaving.FRESH / took), MOST_AT_ONCE))

    def rest(self, held: Container[int]) -> list[int]:
        done = {row.pk for row, _outcome in self.ended} | self.unwanted.keys()
        return [key for key in self.keys if key not in done and key not in held]
