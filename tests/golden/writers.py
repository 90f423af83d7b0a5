"""Documents that every writer is tried on: each kind of block, and text that means harm."""

from __future__ import annotations

from algo_audit.report import document

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">'
    '<rect width="20" height="10" fill="#0f4c81"/></svg>'
)
# Formula, markup of three kinds, control characters, an emoji, Hebrew, Arabic, a private character.
NASTY = "=1+1 #panic() *x* <b>&</b> $2^3$ \\end @SUM(A1) \x07 \U0001fab2 \ue000 שלום مرحبا"

_GRID = document.Table(
    "grid",
    "A caption",
    ("Group", "n", "Rate"),
    (
        (
            document.Cell(NASTY),
            document.Cell("1 234", 1234, numeric=True),
            document.Cell("12,5 %", 0.125, numeric=True, interval="de 10,0 à 15,0 %"),
        ),
        (
            document.Cell("H"),
            document.Cell("moins de 5", None, numeric=True),
            document.Cell("–", None, numeric=True),
        ),
    ),
    ("a note",),
    number="7",
)
BLOCKS: tuple[document.Block, ...] = (
    document.Paragraph(NASTY),
    *(document.Paragraph(f"as {role}", role) for role in ("lead", "small", "warning", "quote", "how_sure", "blank")),
    document.ListBlock(("first", NASTY), ordered=True),
    document.ListBlock(("bullet",)),
    document.Note("A title", ("a remark",), kind="caution"),
    document.Note("Two remarks", ("one", "two"), kind="legal"),
    _GRID,
    document.Figure("drawn", "Drawn", "In words: " + NASTY, SVG, document.Table("drawn-data", "Data", ("x",), ((document.Cell("1", 1, True),),)), ("legend",), "3"),
    document.Finding("finding-1", "Headline", "Detail", "How sure", "Word", "one", "lead", "gap:sex:F"),
    document.Definitions((("term", "meaning"),)),
    document.AnswerBox("gap:sex:F|employer", "The answer", "written\n" + NASTY, 3),
)  # fmt: skip


def wrapped(*blocks: document.Block, language: str = "fr", **meta: object) -> document.Document:
    """A document of one section with a part."""
    part = document.Section("two", "1.1", "A part", (document.Paragraph("inside"),))
    section = document.Section("one", "1", "A section", tuple(blocks), (part,))
    about = {"cartouche": [("Who", "Us")], "sha256": "0" * 64, "date": "2026-11-23", "version": "0"}
    return document.Document(
        language, "full", "A title " + NASTY, "A subtitle", "For whom", (section,), about | meta
    )  # type: ignore[arg-type]
