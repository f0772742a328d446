"""Header cells for tables whose author marked them by bold type only."""

from editorial.markup import Element, is_blank, text_of, unwrap

_BOLD = frozenset({"strong", "b"})


def head_tables(root: Element) -> None:
    for table in root.iter("table"):
        if next(table.iter("th"), None) is not None:
            continue
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        if len(rows) < 2:
            continue
        if _is_bold_row(list(rows[0])):
            _head_row(table, rows[0])
        below = [row for row in rows if row.find("td") is not None]
        first_cells = [row[0] for row in below]
        if len(below) > 1 and all(len(row) > 1 for row in below) and all(is_bold(cell) for cell in first_cells):
            for cell in first_cells:
                _make_header(cell, "row")


def _is_bold_row(cells: list[Element]) -> bool:
    """Bold throughout; the corner above row headers may be empty."""
    return (
        bool(cells)
        and all(is_bold(cell) for cell in cells[1:] or cells)
        and (is_bold(cells[0]) or is_blank(text_of(cells[0])))
    )


def is_bold(cell: Element) -> bool:
    """Whether a cell or line has words and none of them is outside bold type."""
    words = text_of(cell).strip()
    bold = "".join(
        text_of(part)
        for part in cell.iter(*_BOLD)
        if not any(ancestor.tag in _BOLD for ancestor in part.iterancestors() if ancestor is not cell)
    )
    return bool(words) and "".join(bold.split()) == "".join(words.split())


def _head_row(table: Element, row: Element) -> None:
    for cell in list(row):
        _make_header(cell, "col")
    head = table.find("thead")
    if head is None:
        head = table.makeelement("thead", {})
        caption = table.find("caption")
        table.insert(0 if caption is None else 1, head)
    head.append(row)


def _make_header(cell: Element, scope: str) -> None:
    cell.tag = "th"
    cell.set("scope", scope)
    for part in list(cell.iter(*_BOLD)):
        unwrap(part)
