"""A memory of one process with a bound in bytes: each thing until its hour, and what was not asked for longest goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from django.utils import timezone

# As long as Python itself takes for the entry, its key and its place in the order.
ENTRY = 400


class Thing(NamedTuple):
    value: Any
    until: datetime
    size: int


@dataclass
class Shelf:
    """Any number of threads may use it. `most_bytes` counts what is said of each thing and what an entry takes."""

    most_bytes: int
    things: OrderedDict[Hashable, Thing] = field(default_factory=OrderedDict)
    size: int = 0
    lock: Lock = field(default_factory=Lock)

    def find(self, key: Hashable) -> Thing | None:
        with self.lock:
            found = self.things.get(key)
            if found is None or found.until <= timezone.now():
                return None
            self.things.move_to_end(key)
            return found

    def keep(self, key: Hashable, value: Any, until: datetime, size: int) -> None:
        """In place of what stood under the key. What is larger than the whole shelf is not kept."""
        thing = Thing(value, until, ENTRY + size)
        with self.lock:
            self._drop(key)
            if thing.size > self.most_bytes:
                return
            self.things[key] = thing
            self.size += thing.size
            while self.size > self.most_bytes:
                self._drop(next(iter(self.things)))

    def drop(self, key: Hashable) -> bool:
        """Whether there was such a thing."""
        with self.lock:
            return self._drop(key)

    def clear(self) -> None:
        with self.lock:
            self.things.clear()
            self.size = 0

    def _drop(self, key: Hashable) -> bool:
        thing = self.things.pop(key, None)
        self.size -= thing.size if thing else 0
        return thing is not None
