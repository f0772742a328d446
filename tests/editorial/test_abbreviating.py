"""Abbreviations are spelt out where a reader first meets them, and nowhere else."""

import pytest

from editorial.notes import render

ARF = {"ARF": "ASEAN Regional Forum"}
MARK = '<abbr>ARF</abbr><span class="expansion"> (ASEAN Regional Forum)</span>'


def shown(html: str, expansions: dict[str, str] | None = None) -> str:
    text = str(render(html, expansions=ARF if expansions is None else expansions).html)
    return text.partition('<a class="para"')[0] if text.count("<p") == 1 else text


def test_the_first_use_alone_is_spelt_out() -> None:
    assert shown("<p>The ARF met. The ARF parted.</p>") == f'<p id="p1">The {MARK} met. The ARF parted.'


@pytest.mark.parametrize(
    "html",
    [
        "<h2>The ARF</h2><p>It met.</p>",
        '<p>See <a href="/x/">the ARF</a>.</p>',
        "<blockquote><p>The ARF met.</p></blockquote>",
        "<p>He said <q>the ARF</q>.</p>",
        "<table><tbody><tr><td>ARF</td></tr></tbody></table>",
        "<p>The <abbr>ARF</abbr>.</p>",
        '<p>It met.<sup class="fn" data-note="The ARF of 1994.">*</sup></p>',
    ],
)
def test_headings_links_notes_quotations_and_tables_are_left_alone(html: str) -> None:
    assert "expansion" not in shown(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>The ASEAN Regional Forum (ARF) met.</p><p>The ARF parted.</p>",
        "<p>The ARF (a forum) met.</p><p>The ARF parted.</p>",
        "<p>The Forum (ARF) met.</p><p>The ARF parted.</p>",
        "<p>The ARF met.</p><p>It is the <em>ASEAN</em> Regional Forum.</p>",
    ],
)
def test_what_the_author_has_spelt_out_is_not_spelt_out_again(html: str) -> None:
    assert "expansion" not in shown(html)


@pytest.mark.parametrize("word", ["ARFs", "ARF-led", "ARF’s", "ARF's", "pre-ARF", "WARF", "arf", "ARF1", "ARF/EAS", "x@ARF.org", "东ARF"])  # fmt: skip
def test_only_the_bare_word_is_spelt_out(word: str) -> None:
    expected = 1 if word == "东ARF" else 0
    assert shown(f"<p>Of {word} here.</p>").count("expansion") == expected


def test_a_word_after_a_compound_is_the_first_bare_use() -> None:
    assert shown("<p>ARF-led talks of the ARF.</p>") == f'<p id="p1">ARF-led talks of the {MARK}.'


def test_what_is_spelt_out_is_not_searched_for_others() -> None:
    text = shown("<p>The ARF and ASEAN.</p>", ARF | {"ASEAN": "Association"})
    assert text == (f'<p id="p1">The {MARK} and <abbr>ASEAN</abbr><span class="expansion"> (Association)</span>.')


def test_uses_inside_and_after_other_marks_are_found_in_the_order_of_reading() -> None:
    text = shown("<p><em>The ARF</em> and the EAS, <strong>no</strong> ARF.</p>", ARF | {"EAS": "East Asia Summit"})
    assert text == (
        f'<p id="p1"><em>The {MARK}</em> and the <abbr>EAS</abbr><span class="expansion"> (East Asia Summit)</span>,'
        " <strong>no</strong> ARF."
    )


def test_words_of_the_glossary_are_text_and_not_markup() -> None:
    assert "&lt;script&gt; &amp; x" in shown("<p>The ARF.</p>", {"ARF": "<script> & x"})


def test_without_terms_the_text_is_as_it_was() -> None:
    assert shown("<p>The ARF met.</p>", {}) == '<p id="p1">The ARF met.'
