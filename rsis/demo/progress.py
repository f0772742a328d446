from time import monotonic
from types import TracebackType
from typing import Self

from django.core.management.base import OutputWrapper

WIDTH = 40


class Bar:
    """A progress bar on a terminal; in a file or a log, a line for every tenth part."""

    def __init__(self, total: int, out: OutputWrapper) -> None:
        self.total, self.out = total, out
        self.live = out.isatty()
        self.started = monotonic()
        self.tenth = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live:
            self.out.write("")

    def show(self, done: int) -> None:
        share = min(1.0, done / self.total)
        seconds = monotonic() - self.started
        if self.live:
            filled = "█" * round(share * WIDTH)
            self.out.write(f"\r{filled:·<{WIDTH}} {done:,} of {self.total:,} in {seconds:.0f} s", ending="")
            self.out.flush()
        elif int(share * 10) > self.tenth:
            self.tenth = int(share * 10)
            self.out.write(f"{done:,} of {self.total:,} in {seconds:.0f} s")
