"""How a text file is written: encoding, delimiter, where its header is."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from algo_audit.data.header_lines import find_header
from algo_audit.errors import AuditError

DELIMITERS = (";", "\t", "|", ",")
_SAMPLE_BYTES = 4096
_SAMPLE_LINES = 60
_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_SEPARATOR_LINE = re.compile(r'\A"?sep=(.)"?[;,\t|]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a text file is cut into cells.

    Attributes
    ----------
    delimiter : str
    declared : bool
        The file itself said so, in a first line ``sep=;``.
    header : tuple of str
        The cells of the header line, as written; of two header lines, each column's two joined.
    titles : tuple of str
        Lines before the header, blank ones left out.
    body : int
        Index in the text of the first character after the header line.
    body_line : int
        Line number of that character, from 1.
    joined : bool
        The header stood on two lines.
    """

    delimiter: str
    declared: bool
    header: tuple[str, ...]
    titles: tuple[str, ...]
    body: int
    body_line: int
    joined: bool = False


def decode(data: bytes, where: str, encoding: str | None = None) -> tuple[str, str]:
    """Text of a file and the encoding that it was read with.

    Parameters
    ----------
    data : bytes
    where : str
        The file, for faults.
    encoding : str, optional
        As declared; else a byte order mark, UTF-16 without one, UTF-8, then cp1252.

    Returns
    -------
    text, encoding : str

    Raises
    ------
    AuditError
        ``reading.encoding_not_known``, ``reading.encoding_wrong``, ``reading.encoding_mixed``,
        ``reading.not_text``.
    """
    if encoding is not None:
        return _decode_as_declared(data, where, encoding)
    for mark, name, shown in _BOMS:
        if data.startswith(mark):
            return _checked(_strictly(data[len(mark) :], name, where), where), shown
    found = _without_mark(data)
    if found is not None:
        return _checked(_strictly(data, found, where), where), found
    try:
        return _checked(data.decode("utf-8"), where), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_mixed(data, error, where)
    return _checked(_strictly(data, "cp1252", where), where), "cp1252"


def _decode_as_declared(data: bytes, where: str, encoding: str) -> tuple[str, str]:
    try:
        known = codecs.lookup(encoding.strip())
        text_encoding = getattr(known, "_is_text_encoding", True)
    except LookupError:
        text_encoding = False
    if not text_encoding:
        raise AuditError(
            "reading.encoding_not_known",
            where,
            seen=encoding,
            choices=("utf-8", "cp1252", "iso-8859-15", "utf-16", "cp850", "mac-roman"),
        )
    try:
        text = data.decode(encoding.strip())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise AuditError("reading.encoding_wrong", where, seen=encoding, line=line) from error
    return _checked(text.removeprefix("\ufeff"), where), known.name


def _strictly(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise AuditError("reading.not_text", where) from error


def _checked(text: str, where: str) -> str:
    """Text without the control characters that only other kinds of file hold."""
    text = text.rstrip("\x1a")  # end-of-file mark of old systems
    if "\x00" in text or len(_CONTROL.findall(text)) > len(text) / 1000:
        raise AuditError("reading.not_text", where)
    return text


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without a mark: in European text every other byte is zero."""
    sample = data[: _SAMPLE_BYTES & ~1]
    half = len(sample) // 2
    if half < 2:
        return None
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.5 and even < 0.05:
        return "utf-16-le"
    if even > 0.5 and odd < 0.05:
        return "utf-16-be"
    return None


def _refuse_mixed(data: bytes, error: UnicodeDecodeError, where: str) -> None:
    """Refuse a file that is UTF-8 almost everywhere: read as cp1252, its accents would break."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = sum(1 for character in text if "\x7f" < character != "\ufffd")
    if sound >= broken:
        line = data.count(b"\n", 0, error.start) + 1
        raise AuditError("reading.encoding_mixed", where, line=line)


def find_dialect(text: str, where: str) -> Dialect:
    """Delimiter and header of a text.

    The delimiter is the one under which the most lines have as many cells as the header has.
    Lines before the header that hold a single cell (a title, the date of an export) are
    titles, as is a first line ``sep=;``.

    Raises
    ------
    AuditError
        ``reading.empty``: nothing but blanks.
    """
    declared = _SEPARATOR_LINE.match(text)
    start = declared.end() if declared else 0
    if not text[start:].strip():
        raise AuditError("reading.empty", where)
    best: tuple[float, int, Dialect] | None = None
    for delimiter in (declared[1],) if declared else DELIMITERS:
        records = list(_records(text, start, delimiter))
        share, width, dialect = _header(records, delimiter, declared=declared is not None)
        if width < 2:
            share = 0.0  # a delimiter that cuts nothing cuts evenly
        if best is None or (share, width) > best[:2]:
            best = (share, width, dialect)
    assert best is not None  # there are candidates
    return best[2]


@dataclass(frozen=True)
class _Record:
    cells: tuple[str, ...]
    end: int
    next_line: int

    @property
    def filled(self) -> int:
        """How many cells are not blank."""
        return sum(1 for cell in self.cells if cell.strip())

    @property
    def width(self) -> int:
        """Cells up to the last one that is not blank: trailing delimiters are common."""
        return max((i for i, cell in enumerate(self.cells, 1) if cell.strip()), default=0)


def _records(text: str, start: int, delimiter: str) -> Iterator[_Record]:
    """First records of a text, with the place where each ends."""
    position = start
    stream = io.StringIO(text[start : start + 2_000_000], newline="")

    def counted() -> Iterator[str]:
        nonlocal position
        for line in stream:
            position += len(line)
            yield line

    first_line = 1 + (1 if start else 0)
    reader = csv.reader(counted(), delimiter=delimiter)
    try:
        for _, cells in zip(range(_SAMPLE_LINES), reader, strict=False):
            yield _Record(tuple(cells), position, first_line + reader.line_num)
    except csv.Error:
        return


def _header(
    records: list[_Record], delimiter: str, *, declared: bool
) -> tuple[float, int, Dialect]:
    """How evenly a delimiter cuts the lines, into how many cells, and the header found."""
    widths = Counter(len(record.cells) for record in records if record.filled > 1)
    # of equally frequent widths the header's own counts, for it stands first
    usual = widths.most_common(1)[0][0] if widths else 1
    found = find_header([record.cells for record in records], usual=usual)
    assert found is not None  # the text is not blank
    index, last = found.first, records[found.last]
    # titles count as uneven: a delimiter must not win by taking many lines for titles
    lines = [record for record in records if record.filled]
    # a line that is longer by blank cells only is as wide: trailing delimiters are common
    even = sum(1 for record in records[index:] if 0 < record.width <= usual <= len(record.cells))
    titles = tuple(
        " ".join(" ".join(record.cells).split()) for record in records[:index] if record.filled
    )
    joined = found.last > found.first
    dialect = Dialect(delimiter, declared, found.names, titles, last.end, last.next_line, joined)
    return even / len(lines), usual, dialect
