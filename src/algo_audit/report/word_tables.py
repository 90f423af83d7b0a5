"""Tables of a Word file, written as XML: python-docx takes a hundred times longer for a cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from algo_audit.report.document import Cell, Table
from algo_audit.report.marks import MARKS
from algo_audit.report.word_styles import INK, RULE, element

_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TWIPS = 56.6929  # in a millimetre
_APART, _BY_HAND = 113, 480  # twips
# Tables up to this size stay on one page, here and in the PDF's template.
WHOLE_ROWS, WHOLE_LETTERS = 12, 1400


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Text without the control characters that XML cannot hold."""
    return "".join(
        c for c in text if c in "\n\t" or ((c.isprintable() or c.isspace()) and c >= " ")
    )


def word_table(data: Table, widths: tuple[float, ...], *, style: str) -> Any:
    """A table that can be edited: header row repeated on each page, rows kept whole.

    Parameters
    ----------
    data : Table
        Its first column names the rows; without columns there is no header row.
    widths : tuple of float
        Of each column, in millimetres.
    style : str
        Id of the paragraph style of its cells.

    Returns
    -------
    CT_Tbl
        To be put into a body.
    """
    from docx.oxml.parser import parse_xml

    twips = [round(width * _TWIPS) for width in widths]
    numeric = [bool(data.rows) and data.rows[0][x].numeric for x in range(len(twips))]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    # words do not touch the numbers before them
    apart = [before and not own for before, own in zip([False, *numeric], numeric, strict=False)]
    rows = []
    if data.columns:
        heads = (
            _cell(_run(name, "<w:b/>"), _Place(width, right, gap), style=style, head=True)
            for name, width, right, gap in zip(data.columns, twips, numeric, apart, strict=True)
        )
        rows.append(_row("<w:cantSplit/><w:tblHeader/>", heads))
    letters = sum(len(cell.text) for row in data.rows for cell in row)
    # a small table is not cut in two
    whole = len(data.rows) <= WHOLE_ROWS and letters < WHOLE_LETTERS
    for number, row in enumerate(data.rows, 1):
        cells = (
            _cell(
                _runs(cell),
                _Place(width, cell.numeric, gap),
                style=style,
                keep=whole and number < len(data.rows),
            )
            for cell, width, gap in zip(row, twips, apart, strict=True)
        )
        rows.append(_row(f"<w:cantSplit/>{_high(row)}", cells))
    table = parse_xml(
        f"<w:tbl {_NAMESPACE}><w:tblPr>"
        f'<w:tblW w:w="{sum(twips)}" w:type="dxa"/>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
    lined(table.tblPr)
    if data.caption:
        table.tblPr.append(element("w:tblCaption", val=plain(data.caption)))
    return table


def _high(row: tuple[Cell, ...]) -> str:
    """Room to write by hand in a row with an empty cell."""
    empty = any(not cell.text for cell in row)
    return f'<w:trHeight w:val="{_BY_HAND}" w:hRule="atLeast"/>' if empty else ""


def _row(properties: str, cells: Any) -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


@dataclass(frozen=True)
class _Place:
    """Where a cell stands: width in twips, right-aligned or not, apart from what is before it."""

    width: int
    right: bool
    apart: bool


def _cell(runs: str, place: _Place, *, style: str, head: bool = False, keep: bool = False) -> str:
    indent = f'<w:ind w:left="{_APART}"/>' if place.apart and not place.right else ""
    aligned = '<w:jc w:val="right"/>' if place.right else ""
    kept = "<w:keepNext/>" if keep or head else ""
    low = '<w:vAlign w:val="bottom"/>' if head else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{place.width}" w:type="dxa"/>{low}</w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="{style}"/>{kept}{indent}{aligned}</w:pPr>{runs}</w:p></w:tc>'
    )


def _runs(cell: Cell) -> str:
    mark = "" if cell.numeric else MARKS.get(str(cell.value), "")
    runs = _run(f"{mark} {cell.text}".strip())
    return runs + (_run(cell.interval, "<w:i/>", before="<w:br/>") if cell.interval else "")


def _run(text: str, look: str = "", *, before: str = "") -> str:
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    written = escape(plain(text)).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return f'<w:r>{properties}{before}<w:t xml:space="preserve">{written}</w:t></w:r>'


def lined(properties: Any, *, box: bool = False) -> None:
    """Horizontal lines only, and the first row and column told to screen readers.

    Parameters
    ----------
    properties : CT_TblPr
        Of the table.
    box : bool
        Upright lines at both sides as well.
    """
    for old in properties.findall("{*}tblLook"):
        properties.remove(old)
    borders = element("w:tblBorders")
    edges = [("top", "8", INK), ("bottom", "8", INK), ("insideH", "4", RULE)]
    if box:
        edges = [("top", "8", INK), ("left", "8", INK), ("bottom", "8", INK), ("right", "8", INK)]
    for edge, size, colour in edges:
        borders.append(element(f"w:{edge}", val="single", sz=size, space="0", color=colour))
    margins = element("w:tblCellMar")
    for edge, width in (("left", "28"), ("right", "57" if not box else "28")):
        margins.append(element(f"w:{edge}", w=width, type="dxa"))
    told = {"firstRow": "1", "lastRow": "0", "firstColumn": "1", "lastColumn": "0"}
    look = element("w:tblLook", val="00A0", **told, noHBand="1", noVBand="1")
    for one in (borders, element("w:tblLayout", type="fixed"), margins, look):
        properties.append(one)
