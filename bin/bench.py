"""Measure the site: how many answers a second, how fast, with how much memory and how many SQL statements.

make bench                               1,000, 10,000 and 100,000 pieces on a PostgreSQL of its own, about ten minutes
make bench ARGS="--sizes 1000"           a quick look
make bench ARGS="--admin"                the lists of the desk, at 50,000 pieces and 1,500 people
make bench ARGS="--mail"                 announcing to 1,000,000 subscribers, and sending (--subscribers 100000: to fewer)
DATABASE_URL=postgres://... make bench   on that database, which has to be empty

Two servers, without and with the page cache, are asked in turn for every page and for the yardsticks, in slices of a second
and in several rounds, so that whatever else the machine does falls on all alike. How to read it: docs/benchmark.md.
"""

import argparse
import json
import os
import platform
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from types import FrameType

from bench_client import going_first, question, run_slice
from bench_server import THREADS, WORKERS, Memory, Server, serving
from bench_table import BARE, COLUMNS, CONSTANT, Row, Rows, lines_of, markdown, summary
from bench_targets import Target
from environment import PYTHON, ROOT, manage, prepare, say
from postgres import NotAvailable, throwaway_postgres

READERS = 16
MODES = {"off": "without page cache", "process": "with page cache"}
NOT_EMPTY = """
The database of DATABASE_URL has {count:,} pieces, and this would add invented ones. Nothing was done.
Name an empty database, or leave DATABASE_URL out. If it may be filled, add --yes-this-is-not-production."""


def main(arguments: Sequence[str]) -> None:
    options = read_options(arguments)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_on_signal)
    started = time.monotonic()
    prepare("base")
    results: dict[int, dict[str, Rows]] = {}
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rsis-bench-")))
        env = surroundings(var, database(stack))
        make_ready(env, options)
        print(describe(env, options), flush=True)
        for size in options.sizes:
            print(f"\n## {size:,} pieces\n\n{fill(size, env)}", flush=True)
            if options.mail:
                print(ask_program("bench_mail.py", env, "--subscribers", str(options.subscribers)), flush=True)
                continue
            if options.admin:
                print(ask_program("bench_admin.py", env), flush=True)
                continue
            with serving(list(MODES), env) as servers:
                results[size] = measure(servers, env, options)
            show(size, results)
    if results:
        print(f"\n## In short\n\n{summary(results)}")
    say(f"\nTook {time.monotonic() - started:.0f} s.")


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=read_sizes, default=[1_000, 10_000, 100_000], help="pieces, commas between")
    parser.add_argument("--seconds", type=float, default=1.0, help="for how long one thing is asked at a time")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is asked in turn")
    parser.add_argument("--admin", action="store_true", help="only the lists of the desk: statements and time")
    parser.add_argument("--mail", action="store_true", help="only announcing: addressing and sending")
    parser.add_argument("--subscribers", type=int, default=1_000_000, help="with --mail: how many")
    parser.add_argument("--plain", action="store_true", help="ask for answers that are not compressed")
    parser.add_argument("--yes-this-is-not-production", action="store_true", help="fill a database that is not empty")
    options = parser.parse_args(arguments)
    if options.admin and not any(one.startswith("--sizes") for one in arguments):
        options.sizes = [50_000]
    if options.mail:
        options.sizes = [options.sizes[0]]
    if not 0 < options.seconds <= 10 or not 0 < options.rounds <= 50:
        parser.error("--seconds above 0 and up to 10, --rounds from 1 to 50")
    return options


def read_sizes(text: str) -> list[int]:
    found = sorted({int(part) for part in text.split(",")})
    if not 200 <= found[0] <= found[-1] <= 1_000_000:
        raise argparse.ArgumentTypeError("each from 200 to 1000000")
    return found


def stop_on_signal(number: int, _frame: FrameType | None) -> None:
    for again in (signal.SIGTERM, signal.SIGINT):  # a second one must not disturb the clearing away
        signal.signal(again, signal.SIG_IGN)
    os.write(2, b"\nStopping ...\n")  # print would fail where the signal came amid another line
    sys.exit(128 + number)


def database(stack: ExitStack) -> str:
    if given := os.environ.get("DATABASE_URL", ""):
        return given
    say("Starting a PostgreSQL of its own ...")
    try:
        return stack.enter_context(throwaway_postgres())
    except NotAvailable as reason:
        sys.exit(str(reason).replace("make test", "make bench"))


def surroundings(var: Path, url: str) -> dict[str, str]:
    """The environment of a public site as far as figures depend on it, and nothing of the one we were started in."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return kept | {
        "DATABASE_URL": url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": "http://localhost",
        "HTTPS": "0",
        "VAR_DIR": str(var),
        "LOG_LEVEL": "WARNING",
        "MALLOC_ARENA_MAX": "1",  # as docs/deployment.md has it
        "PYTHONPATH": str(ROOT / "bin"),
        "DJANGO_SETTINGS_MODULE": "bench_settings",
    }


def make_ready(env: dict[str, str], options: argparse.Namespace) -> None:
    count = int(ask_database(env, "--count"))
    if count and not options.yes_this_is_not_production:
        sys.exit(NOT_EMPTY.format(count=count))
    if count > options.sizes[0]:
        sys.exit(f"The database has {count:,} pieces already, more than {options.sizes[0]:,}. Say: --sizes {count}")
    say("Preparing database and style sheets ...")
    for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--no-input", "--verbosity", "0")):
        if not manage(*command, env=env):
            sys.exit(f"manage.py {command[0]} failed (the reason is above).")


def ask_database(env: dict[str, str], *arguments: str) -> str:
    return ask_program("bench_targets.py", env, *arguments)


def ask_program(name: str, env: dict[str, str], *arguments: str) -> str:
    command = [PYTHON, str(ROOT / "bin" / name), *arguments]
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit("The database cannot be asked, or a page fails (the reason is above).")
    return done.stdout


def describe(env: dict[str, str], options: argparse.Namespace) -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; {ask_database(env, '--versions').strip()}; gunicorn with "
        f"{WORKERS} workers of {THREADS} threads each; {READERS} readers at a time on kept connections, "
        f"{'not compressed' if options.plain else 'asking for gzip'}; medians of {options.rounds} rounds of "
        f"{options.seconds:g} s for everything in turn."
    )


def fill(size: int, env: dict[str, str]) -> str:
    """Load pieces until there are so many. How long that took and the most memory it needed, in words."""
    progress(f"Loading {size:,} pieces ...")
    started = time.monotonic()
    command = [PYTHON, "manage.py", "demo", "--publications", str(size), "--yes-this-is-not-production"]
    program = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _pid, status, usage = os.wait4(program.pid, 0)
    except BaseException:
        program.kill()
        program.wait()
        raise
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        sys.exit("The pieces could not be loaded (the reason is above).")
    memory = usage.ru_maxrss / (1024 if platform.system() == "Linux" else 1024**2)
    return (
        f"Loading took {time.monotonic() - started:.0f} s and at most {memory:.0f} MiB; "
        f"{int(ask_database(env, '--count')):,} pieces in all."
    )


def measure(servers: Sequence[Server], env: dict[str, str], options: argparse.Namespace) -> dict[str, Rows]:
    """Ask everything in turn, a round for warming up before those that count."""
    turns = [(server, *turn) for server in servers for turn in turns_of(server, env, options)]
    load, asked, first, started = os.getloadavg()[0], 0.0, False, time.perf_counter()
    memory: dict[str, list[Memory | None]] = {server.mode: [] for server in servers}
    for number in range(options.rounds + 1):
        for place, (server, row, questions, readers) in enumerate(turns, 1):
            progress(f"round {number} of {options.rounds}, {place} of {len(turns)}: {row.name}, {MODES[server.mode]}")
            try:
                with going_first() as first:
                    one = run_slice(server.port, questions, readers, options.seconds if number else options.seconds / 2)
            except OSError as error:
                sys.exit(f"\nThe web server is gone ({error}); its words may stand above.")
            asked += one.client
            if number:
                row.slices.append(one)
        for server in servers:
            memory[server.mode].append(server.memory())
    progress("")
    share = 100 * asked / (time.perf_counter() - started)
    print(
        f"Load average before {load:.2f}, after {os.getloadavg()[0]:.2f}. Asking took {share:.0f} % of a core, "
        f"{'ahead of' if first else 'in line with'} other programs."
    )
    for mode, found in memory.items():
        print(f"Memory {MODES[mode]}, warm and after each round: {told_memory(found)}.")
    return {mode: {row.name: row for server, row, *_ in turns if server.mode == mode} for mode in MODES}


def turns_of(
    server: Server, env: dict[str, str], options: argparse.Namespace
) -> list[tuple[Row, Iterator[bytes], int]]:
    """What to ask this server: a row for the figures, the questions, and how many readers ask them at a time."""
    headers = {"Host": "localhost"} | ({} if options.plain else {"Accept-Encoding": "gzip"})
    targets = [Target.read(one) for one in json.loads(ask_database(env | {"PAGE_CACHE": server.mode}))]
    turns: list[tuple[Row, Iterator[bytes], int]] = []
    for target in targets:
        etag = server.headers_of(target.paths[0], headers).get("etag", "")
        questions = cycle([question(path, headers) for path in target.paths])
        turns.append((Row(target.name, target.statements), questions, READERS))
        if target.name == "search":
            turns.append((Row("search, one reader", target.statements), questions, 1))
        if target.name in {"home", "article"} and server.mode != "off":
            again = cycle([question(path, headers | {"If-None-Match": etag}) for path in target.paths])
            turns.append((Row(f"{target.name}, 304", target.statements, expected=304), again, READERS))
        if server.mode == "off":
            print(f"- {target.name}: {target.about}")
    # Twice in each round what all else is compared with.
    return [*turns, *(turn for turn in turns if turn[0].name in {BARE, CONSTANT})]


def told_memory(found: Sequence[Memory | None]) -> str:
    """What the machine has to have, then what each of the columns of `top` adds up to."""
    known = [one for one in found if one]
    if not known:
        return "not known here"
    workers, everything, resident = (", ".join(f"{one[place]:.0f}" for one in known) for place in range(3))
    return f"{workers} MiB in the {WORKERS} workers, {everything} with gunicorn's own process; resident {resident}"


def show(size: int, results: dict[int, dict[str, Rows]]) -> None:
    smallest = results[min(results)] if len(results) > 1 else {}
    for mode, words in MODES.items():
        table = markdown(COLUMNS, lines_of(results[size][mode], smallest.get(mode)))
        print(f"\n### {size:,} pieces, {words}\n\n{table}", flush=True)


def progress(words: str) -> None:
    """On a terminal one line that changes; elsewhere a line for each round, so that a log stays short."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)
    elif ", 1 of " in words or words.endswith("..."):
        say(words)


if __name__ == "__main__":
    main(sys.argv[1:])
