"""What the benchmark says of what it saw. How fast anything is, no test asserts."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, repeat
from pathlib import Path
from threading import Thread

import bench_site
import bench_targets
import pytest
from bench_client import Slice, Unreadable, answer_length, question, run_slice
from bench_table import Row, lines_of, markdown, percentile, summary
from django.test import Client, override_settings
from django.urls import resolve, reverse

from tests.factories import SeriesFactory

BENCH = Path(bench_site.__file__).with_name("bench.py")


def times(count: int) -> list[float]:
    """Two milliseconds each, and every tenth takes four."""
    return [0.004 if place % 10 == 9 else 0.002 for place in range(count)]


def row(name: str, *answers: int, expected: int = 200, **statuses: int) -> Row:
    slices = [Slice(2.0, times(count), Counter(statuses)) for count in answers]
    return Row(name, 3, expected, slices)


def rows(**rates: int) -> dict[str, Row]:
    return {name.replace("_", " "): row(name.replace("_", " "), 2 * rate) for name, rate in rates.items()}


def test_length_of_an_answer_is_read_once_its_header_is_whole() -> None:
    answer = b"HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length: 5\r\n\r\nhello"
    assert [answer_length(answer[:end]) for end in (0, 20, len(answer) - 6)] == [None, None, None]
    assert answer_length(answer[:-3]) == (200, len(answer))
    assert answer_length(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n") == (304, 38)


@pytest.mark.parametrize("answer", [b"<html>\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_answer_that_does_not_say_its_length_is_refused(answer: bytes) -> None:
    with pytest.raises(Unreadable):
        answer_length(answer)


def test_length_is_not_read_from_the_body() -> None:
    with pytest.raises(Unreadable):
        answer_length(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n\r\nContent-Length: 5\r\n")


def test_percentile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 50, 95, 100]
    assert percentile([7.0], 0.95) == 7


def test_row_takes_medians_over_rounds_and_counts_every_failure() -> None:
    one = row("article", 10, 400, 30, **{"200": 9, "502": 2, "TimeoutError": 1})
    assert (one.rate, one.percentile(0.5), one.percentile(0.95)) == (15.0, 2.0, 4.0)
    assert one.failures == {"502": 6, "TimeoutError": 3}


def test_full_answer_where_304_is_expected_is_a_failure() -> None:
    assert row("article, 304", 1, expected=304, **{"304": 5, "200": 1}).failures == {"200": 1}


def test_lines_give_shares_of_the_yardsticks_and_of_the_smallest_database() -> None:
    smallest = rows(bare_view=1000, constant_view=2000, home=200)
    busy = rows(bare_view=500, constant_view=1000, home=50)  # a machine half as fast, and a home page half as good
    found = {line[0]: line[1:] for line in lines_of(busy, smallest)}
    assert found["home"] == ["50.0", "10 %", "5.0 %", "2.0", "4.0", "3", "0", "0.50"]
    assert found["bare view"] == ["500", "100 %", "50 %", "2.0", "4.0", "3", "0", "1.00"]
    assert [line[-1] for line in lines_of(busy, None)] == ["", "", ""]


def test_row_without_any_answer_is_shown_as_such() -> None:
    nothing = {
        name: Row(name, 0, slices=[Slice(1.0, statuses=Counter({"no answer": 16}))])
        for name in ("bare view", "constant view")
    }
    assert lines_of(nothing, None)[0] == ["bare view", "0.0", "nan %", "nan %", "nan", "nan", "0", "16 × no answer", ""]


def test_summary_has_a_column_for_each_size_and_one_for_the_page_cache() -> None:
    made = {
        size: {"off": rows(bare_view=1000, home=100), "process": rows(bare_view=1000, home=3000)}
        for size in (1_000, 10_000)
    }
    assert summary(made).splitlines()[-1] == (
        "| home      |    100 (10 %) |    100 (10 %) |    4.0 |   3 |           3,000 |        4.0 |"
    )


def test_table_is_aligned() -> None:
    assert markdown(["", "per second"], [["home", "5"], ["a", "12"]]).splitlines() == [
        "|      | per second |", "| ---- | ---------: |", "| home |          5 |", "| a    |         12 |",
    ]  # fmt: skip


class Every(BaseHTTPRequestHandler):
    """Answers /200 with 200 and /500 with 500, and hangs up on everything else."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path not in {"/200", "/500"}:
            self.close_connection = True
            return
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "70000")
        self.end_headers()
        self.wfile.write(b"x" * 70_000)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Every) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_client_counts_each_kind_of_answer(port: int) -> None:
    asked = cycle([question(path, {"Host": "x"}) for path in ("/200", "/500")])
    found = run_slice(port, asked, readers=2, seconds=0.05)
    assert set(found.statuses) == {"200", "500"}
    assert found.failures(200) == {"500": found.statuses["500"]}


def test_client_counts_connections_that_break(port: int) -> None:
    found = run_slice(port, repeat(question("/nothing", {"Host": "x"})), readers=2, seconds=0.05)
    assert (set(found.statuses), found.times) == ({"ConnectionResetError"}, [])


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="bench_site")
def test_yardsticks_stand_beside_the_pages_and_are_never_kept(client: Client) -> None:
    series = SeriesFactory(name="Commentary")
    constant, bare = client.get(reverse("bench-constant")), client.get(reverse("bench-bare", args=[series.pk]))
    assert [len(answer.content) for answer in (constant, bare)] == [bench_site.SIZE, bench_site.SIZE]
    assert bare.content.startswith(b"Commentary")
    assert [answer["Cache-Control"] for answer in (constant, bare)] == ["private", "private"]
    assert resolve("/publications/").view_name == "archive"


def test_site_does_not_know_the_yardsticks(client: Client, db: None) -> None:
    assert client.get("/bench/constant").status_code == 404


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="bench_site")
def test_statements_are_counted_through_all_middleware() -> None:
    series = SeriesFactory()
    asked = [
        bench_targets.Target("bare", (reverse("bench-bare", args=[series.pk]),), ""),
        bench_targets.Target("constant", (reverse("bench-constant"),), ""),
    ]
    assert [target.statements for target in bench_targets.counted(asked)] == [1, 0]


@pytest.mark.django_db
def test_pieces_of_an_empty_database_are_none() -> None:
    assert bench_targets.pieces() == 0


def descendants(process: int) -> list[Path]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [found for child in map(int, children) for found in (Path(f"/proc/{child}"), *descendants(child))]


@pytest.mark.slow
def test_benchmark_that_is_stopped_leaves_nothing_running_and_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    env = {"PATH": "/usr/bin:/bin", "TMPDIR": str(folder), "DATABASE_URL": f"sqlite:///{tmp_path / 'bench.sqlite3'}"}
    with subprocess.Popen(
        [sys.executable, BENCH, "--sizes", "200"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stderr
        assert any(line.startswith("round 0") for line in program.stderr)
        running = descendants(program.pid)
        program.terminate()
        assert program.wait(timeout=30) == 128 + signal.SIGTERM
    assert len(running) == 6  # two servers, with two workers each
    assert [process for process in running if process.exists()] == []
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_benchmark_does_not_fill_a_database_that_has_pieces(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}"}
    demo = {"SECRET_KEY": "x", "ALLOWED_HOSTS": "localhost", "VAR_DIR": str(tmp_path)}
    for command in (["migrate", "--verbosity", "0"], ["demo", "--yes-this-is-not-production"]):
        manage = [sys.executable, BENCH.parent.parent / "manage.py", *command]
        subprocess.run(manage, env=env | demo, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([sys.executable, BENCH], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("\nThe database of DATABASE_URL has 143 pieces, and this would add invented ones.")
