"""From the light marks of the demonstration texts to the HTML that editors' pieces are stored as.

Blocks: ``## heading``, ``### heading``, ``> pull quote``, ``>> quotation``, ``- item``, ``1. item``, ``=> key`` for a
picture of the set, ``! caption`` followed by ``| cell | cell |`` rows (the first row and column are headers).
Inside: ``*emphasis*``, ``**strong**``, ``[words](address)``, ``^[note]``.
"""

import re
from collections.abc import Mapping
from html import escape

_NOTE = re.compile(r"\^\[((?:[^\[\]]|\[[^\]]*\]\([^)]*\))*)\]")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS = re.compile(r"\*(.+?)\*")


def to_html(text: str, figures: Mapping[str, str] | None = None) -> str:
    """HTML of a whole text. `figures` gives the finished HTML of each picture the text names."""
    return "\n".join(_block(block.strip(), figures or {}) for block in text.split("\n\n") if block.strip())


def inline(text: str) -> str:
    notes: list[str] = []

    def keep(match: re.Match[str]) -> str:
        notes.append(f'<sup class="fn" data-note="{escape(_words(match[1]))}"></sup>')
        return f"\x00{len(notes) - 1}\x00"

    html = _words(_NOTE.sub(keep, text))
    return re.sub("\x00(\\d+)\x00", lambda match: notes[int(match[1])], html)


def _words(text: str) -> str:
    text = escape(text.replace("'", "’"), quote=False)
    text = re.sub(r'"([^"]*)"', "“\\1”", text)
    text = _LINK.sub(r'<a href="\2">\1</a>', text)
    return _EMPHASIS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", text))


def _block(block: str, figures: Mapping[str, str]) -> str:
    lines = block.splitlines()
    mark, _space, rest = block.partition(" ")
    match mark:
        case "##":
            return f"<h2>{inline(rest)}</h2>"
        case "###":
            return f"<h3>{inline(rest)}</h3>"
        case ">" | ">>":
            pull = ' class="pull"' if mark == ">" else ""
            return f"<blockquote{pull}><p>{inline(rest)}</p></blockquote>"
        case "=>":
            return figures.get(rest.strip(), "")
        case "-" | "1.":
            return _list("ul" if mark == "-" else "ol", lines)
        case "!":
            return _table(lines)
    return f"<p>{inline(' '.join(lines))}</p>"


def _list(tag: str, lines: list[str]) -> str:
    items = "".join(f"<li>{inline(line.partition(' ')[2])}</li>" for line in lines)
    return f"<{tag}>{items}</{tag}>"


def _table(lines: list[str]) -> str:
    caption, header, *rows = lines
    titles = "".join(f'<th scope="col">{inline(cell)}</th>' if cell else "<td></td>" for cell in _cells(header))
    body = "".join(_row(_cells(row)) for row in rows)
    return (
        f"<table><caption>{inline(caption[2:])}</caption><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(cells: list[str]) -> str:
    first, *others = cells
    return (
        f'<tr><th scope="row">{inline(first)}</th>' + "".join(f"<td>{inline(cell)}</td>" for cell in others) + "</tr>"
    )


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
