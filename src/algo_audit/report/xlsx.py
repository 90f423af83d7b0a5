"""Every table of a Document as a sheet of a workbook: numbers as numbers, text as text."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algo_audit.i18n.catalogue import Catalogue
from algo_audit.report.building import walk
from algo_audit.report.columns import column_widths
from algo_audit.report.document import Cell, Document, Figure, Finding, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
_WIDEST = 60
_MOST_BARS = 30
_INTERVAL = 24.0  # width of a column of intervals, in letters
_LINE, _BROAD = 15.0, 1.1  # points of a line; letters of a text against those of a width
_DECIMALS = re.compile(r"[,.](\d+)")


class _Book:
    def __init__(self, document: Document, stream: io.BytesIO) -> None:
        import xlsxwriter

        # text never becomes a formula or a link, whatever it begins with
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False}  # fmt: skip
        self.book: Workbook = xlsxwriter.Workbook(stream, options)
        self.document = document
        self.catalogue = Catalogue(document.language, ("report",))
        self.names: set[str] = set()
        self.figures: set[str] = set()  # sheets that hold the numbers of a figure
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def say(self, key: str, **values: object) -> str:
        return self.catalogue.text(key, **values)

    def look(self, **properties: Any) -> Any:
        """A cell format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(
                {"font_name": "Calibri", "valign": "top", **properties}
            )
        return self.formats[key]

    def write(self) -> None:
        self.book.set_properties(
            {
                "title": self.document.title[:255],
                "author": "algo_audit",
                "created": _moment(str(self.document.meta.get("date", ""))),
            }
        )
        front = self._front_sheet()
        self._findings()
        sheets = self._sheets()
        for place, (name, label, section, table) in enumerate(sheets):
            self._table(name, label, section, table)
            front.write_url(
                self._first_link + place,
                0,
                f"internal:'{name}'!A1",
                self.look(font_color="#123F6D"),
                label,
            )
            front.write_string(self._first_link + place, 1, f"§ {section}", self.look())
            front.write_string(self._first_link + place, 2, table.caption, self.look())
        self.book.close()

    def _sheets(self) -> list[tuple[str, str, str, Table]]:
        """Name, label, section and table of every sheet, in reading order."""
        found = []
        for section in walk(self.document.sections):
            for block in section.blocks:
                if isinstance(block, Table):
                    label = self.say("label.table", number=block.number)
                elif isinstance(block, Figure):
                    label = self.say("label.figure", number=block.number)
                else:
                    continue
                name = self._name(label)
                if isinstance(block, Figure):
                    self.figures.add(name)
                    notes = (*block.data.notes, *block.notes)
                    table = replace(block.data, notes=notes)
                else:
                    table = block
                found.append((name, label, section.number, table))
        return found

    def _name(self, wanted: str) -> str:
        """A sheet name that Excel takes, used once."""
        base = _FORBIDDEN.sub(" ", wanted).strip("' ")[:_LONGEST_NAME] or "-"
        name, number = base, 2
        while name.casefold() in self.names:
            name = f"{base[: _LONGEST_NAME - 4]} ({number})"
            number += 1
        self.names.add(name.casefold())
        return name

    def _front_sheet(self) -> Worksheet:
        document = self.document
        front = self.book.add_worksheet(self._name(self.say("xlsx.front")))
        front.hide_gridlines(2)
        front.set_landscape()
        front.set_paper(9)
        front.fit_to_pages(1, 0)
        front.set_column(0, 0, 22)
        front.set_column(1, 1, 12)
        front.set_column(2, 2, 90)
        front.write_string(0, 0, document.title, self.look(bold=True, font_size=16))
        front.write_string(1, 0, document.subtitle, self.look(font_color="#525C6A"))
        heading = self.say(document.banner_heading)
        front.write_rich_string(
            2, 0, self.look(bold=True), f"{heading}  ", self.look(), document.banner
        )
        row = 4
        for term, value in document.meta.get("cartouche", ()):
            front.write_string(row, 0, term, self.look(font_color="#525C6A"))
            front.write_string(row, 1, value, self.look())
            row += 1
        front.write_string(row + 1, 0, self.say("xlsx.sheets"), self.look(bold=True, font_size=12))
        self._first_link = row + 2
        return front

    def _findings(self) -> None:
        rows = [
            (section.number, block)
            for section in walk(self.document.sections)
            for block in section.blocks
            if isinstance(block, Finding)
        ]
        if not rows:
            return
        sheet = self.book.add_worksheet(self._name(self.say("xlsx.findings")))
        heads = [
            self.say(f"xlsx.column.{name}")
            for name in ("verdict", "finding", "detail", "sure", "id")
        ]
        widths = (20.0, 60.0, 60.0, 45.0, 24.0)
        for place, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, head, self._head())
        for place, (_, finding) in enumerate(rows, 1):
            texts = (
                finding.verdict,
                finding.headline,
                finding.detail,
                finding.sureness,
                finding.id,
            )
            for column, text in enumerate(texts):
                sheet.write_string(place, column, text, self.look(text_wrap=True))
            _high(sheet, place, list(zip(texts, widths, strict=True)))
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.autofilter(0, 0, len(rows), len(heads) - 1)

    def _head(self, **properties: Any) -> Any:
        return self.look(
            bold=True, text_wrap=True, bottom=1, bg_color="#E8ECF1", valign="bottom", **properties
        )

    def _table(self, name: str, label: str, section: str, table: Table) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, f"{label}. {table.caption}", self.look(bold=True, font_size=12))
        with_interval = [
            any(row[x].interval for row in table.rows) for x in range(len(table.columns))
        ]
        top = 3
        heads: list[tuple[str, float]] = []
        places: list[int] = []
        for head, wide, width in zip(
            table.columns, with_interval, column_widths(table), strict=True
        ):
            places.append(len(heads))
            heads.append((head, min(_WIDEST, max(10, width))))
            if wide:
                heads.append((self.say("xlsx.interval", column=head), _INTERVAL))
        first = table.rows[0] if table.rows else ()
        words = {x for x, cell in zip(places, first, strict=False) if not cell.numeric}
        sides = [_side(x, numeric=x not in words) for x in range(len(heads))]
        for column, (head, broad) in enumerate(heads):
            sheet.write_string(top, column, head, self._head(**sides[column]))
            sheet.set_column(column, column, broad)
        widths = [broad for _, broad in heads]
        # as wide as the table: a longer line would make the printed page small
        self._notes(sheet, 1, (f"§ {section} · {self.document.banner}",), widths)
        _high(sheet, top, heads)
        for y, row in enumerate(table.rows, top + 1):
            for place, cell, wide in zip(places, row, with_interval, strict=True):
                self._cell(sheet, y, place, cell)
                if wide:
                    sheet.write_string(y, place + 1, cell.interval, self.look(align="right"))
            _high(sheet, y, [(c.text, heads[x][1]) for x, c in zip(places, row, strict=True)])
        self._chart(sheet, name, table, places, top)
        last = top + max(1, len(table.rows))
        sheet.autofilter(top, 0, last, len(heads) - 1)
        sheet.freeze_panes(top + 1, 1)
        self._notes(sheet, last + 2, table.notes, widths)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)

    def _notes(
        self, sheet: Worksheet, first: int, notes: tuple[str, ...], widths: list[float]
    ) -> None:
        """Notes under a table, or the line above it, as wide as it is."""
        look = self.look(italic=True, font_color="#525C6A", text_wrap=True)
        for place, note in enumerate(notes, first):
            if len(widths) > 1:
                sheet.merge_range(place, 0, place, len(widths) - 1, "", look)
            sheet.write_string(place, 0, note, look)
            _high(sheet, place, [(note, sum(widths))])

    def _chart(
        self, sheet: Worksheet, name: str, table: Table, places: list[int], top: int
    ) -> None:
        """A native bar chart beside the numbers of a figure, where one column of them is told."""
        told = [x for x, head in enumerate(table.columns) if x and head and _charted(table, x)]
        if name not in self.figures or not told or not 2 <= len(table.rows) <= _MOST_BARS:
            return
        column, bottom = places[told[-1]], top + len(table.rows)
        chart = self.book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": [name, top, column],
                "categories": [name, top + 1, 0, bottom, 0],
                "values": [name, top + 1, column, bottom, column],
                "fill": {"color": "#0F4C81"},
                "gap": 60,
            }
        )
        chart.set_title({"name": table.columns[told[-1]], "name_font": {"size": 11}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        _, form = number_format(table.rows[0][told[-1]])
        chart.set_x_axis({"num_format": "0%" if form.endswith("%") else form})
        options = {"description": table.caption, "x_offset": 12}
        sheet.insert_chart(top, places[-1] + 3, chart, options)

    def _cell(self, sheet: Worksheet, y: int, x: int, cell: Cell) -> None:
        if (
            cell.numeric
            and isinstance(cell.value, (int, float))
            and not isinstance(cell.value, bool)
        ):
            value, form = number_format(cell)
            sheet.write_number(y, x, value, self.look(num_format=form))
        else:
            sheet.write_string(
                y,
                x,
                cell.text,
                self.look(text_wrap=True, **_side(x, numeric=cell.numeric)),
            )


def _side(place: int, *, numeric: bool) -> dict[str, Any]:
    """Numbers stand at the right; words at the left, off the number that may be before them."""
    return {"align": "right"} if numeric else {"align": "left", "indent": min(1, place)}


def _high(sheet: Worksheet, row: int, texts: Sequence[tuple[str, float]]) -> None:
    """A row as high as its texts need: not every program works that out when it opens a file."""
    lines = max((ceil(_BROAD * len(text) / width) for text, width in texts), default=1)
    if lines > 1:
        sheet.set_row(row, _LINE * lines)


def _charted(table: Table, place: int) -> bool:
    """A column of numbers, all there."""
    return all(
        row[place].numeric and isinstance(row[place].value, (int, float)) for row in table.rows
    )


def number_format(cell: Cell) -> tuple[float, str]:
    """The number behind a cell and an Excel format that shows it as the report prints it.

    Excel writes the decimal comma or point, and the space or comma of thousands, as its own
    user's language does.
    """
    value = float(cell.value or 0.0)
    digits = _DECIMALS.search(re.sub(r"[\s\u00a0\u202f]", "", cell.text))
    decimals = len(digits[1]) if digits else 0
    zeros = "0." + "0" * decimals if decimals else "0"
    text = cell.text.strip()
    if text.endswith("%"):
        return value, f"{zeros}%"
    if "point" in text:
        return 100 * value, f"+{zeros};-{zeros};{zeros}"
    if text.startswith("+"):
        return value, f"+#,##{zeros};-#,##{zeros};{zeros}"
    if text.startswith("<"):
        # the number stays behind the words that the report prints
        return value, f'[<0.001]"{text}";0.0000'
    return value, f"#,##{zeros}"


def _moment(date: str) -> datetime:
    try:
        return datetime.fromisoformat(date).replace(tzinfo=UTC)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)


def write_xlsx(document: Document, path: str | Path) -> None:
    """Write every table of a document as a workbook; OSError where it cannot be written."""
    stream = io.BytesIO()
    _Book(document, stream).write()
    Path(path).write_bytes(stream.getvalue())
