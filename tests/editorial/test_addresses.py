"""Which e-mail addresses are taken, and what becomes of them."""

import pytest

from editorial import addresses

TAKEN = {
    "mei+rsis@example.org": "mei+rsis@example.org",
    "m.e.i@mail.school.example.org": "m.e.i@mail.school.example.org",
    "o'brien@example.org": "o'brien@example.org",
    "MEI@Example.ORG": "MEI@Example.ORG",
    "  mei@example.org\t": "mei@example.org",
    "mei@xn--bcher-kva.example": "mei@xn--bcher-kva.example",
    "mei@bücher.example": "mei@xn--bcher-kva.example",
    "mei@例え.テスト": "mei@xn--r8jz45g.xn--zckzah",
    "a" * 64 + "@example.org": "a" * 64 + "@example.org",
}


@pytest.mark.parametrize(("typed", "stored"), TAKEN.items())
def test_good_addresses_are_stored_as_typed_with_the_host_as_dns_has_it(typed: str, stored: str) -> None:
    assert addresses.read(typed).stored == stored


REFUSED = [
    "", "mei", "mei.example.org", "a@b@example.org", "mei@example", ".mei@example.org", "mei.@example.org", "m..ei@example.org",
    "mei@.example.org", "mei@example..org", "mei@example.org.", "mei@-example.org", "mei@[127.0.0.1]", "mei@127.0.0.1",
    "mei@[IPv6:::1]", "a@example.org,b@example.org", "a@example.org; b@example.org", "Mei <mei@example.org>",
    "mei@example.org\r\nBcc: all@example.org", "mei\n@example.org", "mei\0@example.org", "mei%0d%0a@example.org",
    "mei@example.org%0aBcc:x", "a" * 65 + "@example.org", "mei@" + "a." * 126 + "org", "mei\u202e@example.org",
    "mei@exam\u200bple.org", "<b>mei@example.org", "mei@<script>.org", "mei @example.org", '"mei lin"@example.org',
    "méi@example.org", "பெயர்@example.org", "mei@exa_mple.org", "@example.org", "mei@",
]  # fmt: skip


@pytest.mark.parametrize("typed", REFUSED, ids=lambda text: repr(text)[:30])
def test_bad_addresses_are_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(addresses.Refused) as refusal:
        addresses.read(typed)
    assert str(refusal.value)[-1] == "."


def test_two_spellings_of_case_are_one_person() -> None:
    assert addresses.read("Mei@Example.ORG").key == addresses.read("mei@example.org").key


def test_an_address_of_another_script_is_shown_as_its_owner_writes_it() -> None:
    assert addresses.shown("mei@xn--bcher-kva.example") == "mei@bücher.example"


@pytest.mark.parametrize(
    ("typed", "doubtful"),
    [("mei@example.org", False), ("mei@bücher.example", False), ("mei@пример.example", False),
     ("mei@exаmple.org", True), ("mei@аррӏе.example", True)],
)  # fmt: skip
def test_a_host_that_imitates_another_is_taken_and_flagged(typed: str, doubtful: bool) -> None:
    assert addresses.is_doubtful(addresses.read(typed).stored) == doubtful
