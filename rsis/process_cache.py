"""Django's interface of a cache over a shelf: bounded in bytes, where Django's own counts entries, however large."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils import timezone

from editorial.shelf import Shelf

# Django makes a cache for each thread; all threads of a process share the shelf of that name.
_shelves: dict[str, Shelf] = {}
FOR_EVER = datetime.max.replace(tzinfo=UTC)


class ProcessCache(BaseCache):
    """Holds bytes. The option MOST_BYTES bounds each process."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.shelf = _shelves.setdefault(location, Shelf(params["OPTIONS"]["MOST_BYTES"]))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        thing = self.shelf.find(self.make_and_validate_key(key, version))
        return default if thing is None else thing.value

    def set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        until = FOR_EVER if seconds is None else timezone.now() + timedelta(seconds=seconds)
        self.shelf.keep(self.make_and_validate_key(key, version), value, until, sys.getsizeof(value))

    def delete(self, key: str, version: int | None = None) -> bool:
        return self.shelf.drop(self.make_and_validate_key(key, version))

    def clear(self) -> None:
        self.shelf.clear()
