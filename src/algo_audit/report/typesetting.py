"""Typst, always the same way: no font of the machine, no network, data never as source."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from typst import Fonts, TypstWarning


@cache
def fonts() -> Fonts:
    """The fonts that typst and matplotlib carry: nothing of the machine's, nothing fetched."""
    import matplotlib as mpl
    import typst

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def typeset_pdf(
    source: bytes,
    inputs: dict[str, str],
    *,
    standards: list[Literal["ua-1", "a-2a"]],
    timestamp: int,
) -> tuple[bytes, tuple[str, ...]]:
    """A PDF, and what typst remarked.

    Parameters
    ----------
    source : bytes
        Our own template.
    inputs : mapping of str to str
        Data, read by the template as data.
    standards : list of str
        PDF standards that typst enforces; what breaks one is an error.
    timestamp : int
        Moment of making to write into the file, in seconds; equal input gives equal bytes.
    """
    import typst

    made, warnings = typst.compile_with_warnings(
        source,
        font_paths=fonts(),
        format="pdf",
        pdf_standards=[*standards],
        timestamp=timestamp,
        sys_inputs=inputs,
    )
    return _packed(_bytes(made)), _told(warnings)


def _packed(pdf: bytes) -> bytes:
    """The same PDF, a third of its size: what tells a table to a screen reader is compressed.

    typst writes a line of plain text for every cell; PDF 1.5 (which PDF/A-2 allows) can hold them
    compressed. Equal input gives equal bytes.
    """
    import pikepdf

    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        # false is what it means when it is not there, and poppler takes it for a fault
        marks = opened.Root.MarkInfo
        if "/Suspects" in marks and not marks.Suspects:
            del marks.Suspects
        opened.save(
            stream,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
    return stream.getvalue()


def page_count(pdf: bytes) -> int:
    """Pages of a PDF."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def typeset_png(source: bytes, inputs: dict[str, str], *, resolution: float) -> tuple[bytes, ...]:
    """Every page as a PNG picture, ``resolution`` in dots per inch."""
    import typst

    made, _ = typst.compile_with_warnings(
        source, font_paths=fonts(), format="png", ppi=resolution, sys_inputs=inputs
    )
    pages: object = made
    return tuple(pages) if isinstance(pages, list) else (_bytes(made),)


def _bytes(made: object) -> bytes:
    assert isinstance(made, bytes)
    return made


def _told(warnings: list[TypstWarning]) -> tuple[str, ...]:
    return tuple(warning.message for warning in warnings)
