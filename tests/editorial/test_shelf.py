"""A shelf: bounded in bytes, each thing until its hour."""

from collections import OrderedDict
from datetime import timedelta

import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from editorial.shelf import ENTRY, Shelf

KEYS = st.sampled_from("abcdef")
STEPS = st.lists(st.tuples(st.sampled_from(["find", "keep", "drop"]), KEYS, st.integers(0, 3_000)), max_size=60)


@given(STEPS)
def test_it_holds_what_was_asked_for_last_and_never_more_than_its_bound(steps: list[tuple[str, str, int]]) -> None:
    shelf, until = Shelf(5_000), timezone.now() + timedelta(hours=1)
    expected: OrderedDict[str, int] = OrderedDict()  # the size of each, what was asked for longest first
    for number, (step, key, size) in enumerate(steps):
        match step:
            case "find":
                assert (shelf.find(key) is not None) == (key in expected)
                if key in expected:
                    expected.move_to_end(key)
            case "keep":
                shelf.keep(key, number, until, size)
                expected.pop(key, None)
                expected[key] = ENTRY + size
                while sum(expected.values()) > 5_000:
                    expected.popitem(last=False)
            case _:
                assert shelf.drop(key) == (expected.pop(key, None) is not None)
        assert {key: thing.size for key, thing in shelf.things.items()} == expected
        assert list(shelf.things) == list(expected)
        assert shelf.size == sum(expected.values()) <= 5_000


def test_what_is_larger_than_the_shelf_is_not_kept_and_takes_nothing_else_with_it() -> None:
    shelf, until = Shelf(5_000), timezone.now() + timedelta(hours=1)
    shelf.keep("small", 1, until, 10)
    shelf.keep("large", 1, until, 10)
    shelf.keep("large", 2, until, 5_000)
    assert list(shelf.things) == ["small"]


def test_a_thing_is_found_until_its_hour_and_not_at_it() -> None:
    shelf, hour = Shelf(5_000), timezone.now() + timedelta(hours=1)
    shelf.keep("page", None, hour, 10)
    found = []
    for seconds in (-1, 0):
        with time_machine.travel(hour + timedelta(seconds=seconds), tick=False):
            found.append(shelf.find("page") is not None)
    assert found == [True, False]
