"""How gunicorn runs the site, wherever it is started from this folder; the command line adds address and number of workers."""

import gc
from typing import Any

# Loaded once, before the workers are made, which then share its memory. A new version needs a restart, not a reload.
preload_app = True


def when_ready(_server: Any) -> None:
    """Before the first worker: what every worker would make for itself is made once, and kept out of their way."""
    from rsis.warming_up import warm_up  # noqa: PLC0415 -- settings are there by now

    warm_up()
    gc.collect()
    gc.freeze()  # or the collector would write into the pages that are shared
