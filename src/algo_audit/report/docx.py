"""A Document as a Word file that can be edited: real styles, headings, captions, header rows."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from algo_audit.i18n.catalogue import Catalogue
from algo_audit.report.building import walk
from algo_audit.report.columns import column_widths
from algo_audit.report.document import (
    AnswerBox,
    Block,
    Cell,
    Definitions,
    Document,
    Figure,
    Finding,
    ListBlock,
    Note,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.marks import MARKS
from algo_audit.report.rasters import png_of
from algo_audit.report.word_answers import answer_control
from algo_audit.report.word_styles import apply_styles, element
from algo_audit.report.word_tables import lined, plain, word_table

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

_ROLES = {
    "body": "Normal",
    "lead": "Lead",
    "small": "Small Print",
    "warning": "Warning",
    "quote": "Quotation",
    "how_sure": "How Sure",
    "blank": "Normal",
}
_PICTURE_WIDTH = 114  # millimetres
_PICTURE_IN_SHEET = 82
_DEEPEST = 4
_TEXT_WIDTH = 166  # millimetres between the margins
_ROOM = 124  # letters on a line of a table
_TERM_SHARE = 0.3
_ANNEX = "annex-figures"
_NOTE, _DASH = 4.2, 3.4  # millimetres before the text of a note, and between dash and words
_LINE = 6  # millimetres of a line to write on


class _Writer:
    """Writes one document, block by block."""

    def __init__(self, document: Document) -> None:
        import docx

        self.document = document
        self.catalogue = Catalogue(document.language, ("report",))
        self.word: WordDocument = docx.Document()
        # two pages at most: everything a little smaller and closer, its few tables without number
        self.sheet = document.audience == "person"
        self.places = {s.id: (s.number, s.title) for s in walk(document.sections)}
        self.bookmarks: dict[str, int] = {}
        figures = [b for s in walk(document.sections) for b in s.blocks if isinstance(b, Figure)]
        self.pictures = dict(
            zip((f.id for f in figures), png_of([f.svg for f in figures]), strict=True)
        )

    def say(self, key: str, **values: object) -> str:
        return self.catalogue.text(key, **values)

    def write(self) -> WordDocument:
        apply_styles(self.word, self.document.language, sheet=self.sheet)
        # python-docx looks through every style for each paragraph that names one
        self._styles = {style.name: style.style_id for style in self.word.styles}
        self._properties()
        self._page()
        self._front()
        for section in self.document.sections:
            self._section(section, 1)
        self._annex()
        return self.word

    # --- page and front ----------------------------------------------------------------------

    def _properties(self) -> None:
        properties = self.word.core_properties
        properties.title = plain(self.document.title)[:255]
        properties.author = "algo_audit"
        properties.comments = ""
        moment = _moment(str(self.document.meta.get("date", "")))
        properties.created = properties.modified = moment

    def _page(self) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Mm

        page = self.word.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin = page.right_margin = Mm(22)
        page.top_margin, page.bottom_margin = (Mm(15), Mm(14)) if self.sheet else (Mm(22), Mm(20))
        head, foot = page.header.paragraphs[0], page.footer.paragraphs[0]
        for line in (head, foot):
            line.style = self.word.styles["Small Print"]
            line.paragraph_format.tab_stops.add_tab_stop(Mm(166), WD_TAB_ALIGNMENT.RIGHT)
        audience = self.say(f"pdf.audience.{self.document.audience}")
        head.add_run(f"{plain(self.document.title)}\t{audience}")
        before, _, rest = self.say("pdf.page", page="\x00", pages="\x01").partition("\x00")
        between, _, after = rest.partition("\x01")
        foot.add_run(f"algo_audit {self.document.meta.get('version', '')}\t{before}")
        _field(foot, "PAGE")
        foot.add_run(between)
        _field(foot, "NUMPAGES")
        foot.add_run(after)

    def _front(self) -> None:
        document = self.document
        banner = self._line("", "Banner")
        banner.add_run(self.say(document.banner_heading) + "  ").bold = True
        banner.add_run(plain(document.banner))
        eyebrow = str(document.meta.get("eyebrow", ""))
        if eyebrow:
            self._line(eyebrow, "Eyebrow")
        self._line(document.title, "Title")
        if document.subtitle:
            self._line(document.subtitle, "Subtitle")
        pairs = document.meta.get("cartouche", ())
        if pairs:
            rows = tuple((Cell(term), Cell(value)) for term, value in pairs)
            self._grid(Table("cartouche", "", (), rows), (_TERM_SHARE, 1 - _TERM_SHARE))
        if document.meta.get("cover", True):
            self._contents()

    def _contents(self) -> None:
        """Sections by number, each a link: right as it stands, without page numbers to update."""
        from docx.shared import Mm

        title = self._line("", "Heading 1")
        title.add_run(self.say("pdf.contents"))
        for section in walk(self.document.sections):
            depth = section.number.count(".")
            if depth > 1:
                continue
            entry = self._line("", "Contents Entry")
            entry.paragraph_format.left_indent = Mm(7 * depth)
            self._link(
                entry, section.id, f"{section.number}  {plain(section.title)}", bold=not depth
            )
        if self._has_annex:
            entry = self._line("", "Contents Entry")
            self._link(entry, _ANNEX, self.say("pdf.annex"), bold=True)
        self.word.paragraphs[-1].paragraph_format.space_after = Mm(4)

    # --- sections and blocks -----------------------------------------------------------------

    def _section(self, section: Section, level: int) -> None:
        line = self._line("", f"Heading {min(level, _DEEPEST)}")
        first = level == 1 and section is self.document.sections[0]
        if section.starts_page or (first and self.document.meta.get("cover", True)):
            line.paragraph_format.page_break_before = True
        number = f"{section.number}  " if section.number else ""
        self._bookmark(line, section.id, f"{number}{plain(section.title)}")
        start = len(self.word.element.body)
        for block in section.blocks:
            self._block(block)
        if self.document.meta.get("whole_sections"):
            self._keep_together(start)
        for part in section.sections:
            self._section(part, level + 1)

    def _keep_together(self, start: int) -> None:
        """Everything since ``start`` on one page where it fits."""
        from docx.text.paragraph import Paragraph as WordLine

        for piece in list(self.word.element.body)[start - 1 : -2]:
            for line in piece.iter("{*}p"):
                WordLine(line, self.word).paragraph_format.keep_with_next = True

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                self._line(block.text, _ROLES[block.role])
                if block.role == "blank":
                    self._blank()
            case ListBlock():
                style = "List Number" if block.ordered else "List Bullet"
                for item in block.items:
                    self._line(item, style)
            case Note():
                self._line(block.title, "Note Title")
                for text in block.text:
                    self._note_text(text, item=len(block.text) > 1)
                if not self.sheet:
                    self._line("", "Small Print")
            case Table():
                self._caption("label.table", block.number, block.caption)
                self._table(block)
            case Figure():
                self._figure(block)
            case Finding():
                self._finding(block)
            case Definitions():
                for term, meaning in block.items:
                    self._line(term, "Term")
                    self._line(meaning, "Normal")
            case AnswerBox():
                self._answer(block)

    def _note_text(self, text: str, *, item: bool) -> None:
        from docx.shared import Mm

        line = self._line(f"–\t{text}" if item else text, "Note Text")
        if item:
            look = line.paragraph_format
            look.left_indent, look.first_line_indent = Mm(_NOTE + _DASH), Mm(-_DASH)
            look.tab_stops.add_tab_stop(Mm(_NOTE + _DASH))

    def _answer(self, box: AnswerBox) -> None:
        """A frame with a content control inside: its tag carries the answer to the next run."""
        from docx.shared import Mm

        table = self.word.add_table(rows=1, cols=1)
        lined(table._tbl.tblPr, box=True)  # noqa: SLF001
        cell = table.rows[0].cells[0]
        table.rows[0].height = Mm(_LINE * (box.lines + 1))
        label = cell.paragraphs[0]
        label.style = self.word.styles["Table Text"]
        label.add_run(plain(box.label)).bold = True
        cell._tc.append(answer_control(box.id, plain(box.text), plain(box.label)))  # noqa: SLF001
        cell.add_paragraph(style="Answer")
        self._line("", "Small Print")

    def _blank(self) -> None:
        """A dotted line up to the margin, after the label where they share a line."""
        from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
        from docx.shared import Mm

        line = self.word.paragraphs[-1]
        line.paragraph_format.tab_stops.add_tab_stop(
            Mm(_TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
        line.add_run("\t")

    def _line(self, text: str, style: str) -> WordParagraph:
        line = self.word.add_paragraph(plain(text))
        line._p.style = self._styles[style]  # noqa: SLF001
        return line

    def _caption(self, key: str, number: str, caption: str) -> None:
        label = f"{self.say(key, number=number)}. " if number else ""
        self._line(f"{label}{caption}", "Caption")

    def _notes(self, notes: tuple[str, ...]) -> None:
        for note in notes or (() if self.sheet else ("",)):
            self._line(note, "Small Print")

    def _finding(self, finding: Finding) -> None:
        mark = MARKS.get(finding.code, "●")
        self._line(f"{mark} {finding.verdict}", "Verdict")
        self._line(finding.headline, "Finding")
        if finding.detail:
            self._line(finding.detail, "Finding Detail")
        sure = self._line(finding.sureness + "  ", "Finding Sureness")
        number, title = self.places.get(finding.chapter, ("", ""))
        if number:
            self._link(
                sure, finding.chapter, self.say("html.see", number=number, title=plain(title))
            )

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Mm

        self._caption("label.figure", figure.number, figure.caption)
        line = self.word.add_paragraph()
        line.paragraph_format.keep_with_next = True
        width = _PICTURE_IN_SHEET if self.sheet else _PICTURE_WIDTH
        line.add_run().add_picture(io.BytesIO(self.pictures[figure.id]), width=Mm(width))
        for properties in line._p.iter("{*}docPr"):  # noqa: SLF001 (python-docx has no alt text)
            properties.set("descr", plain(figure.alternative))
            properties.set("title", plain(figure.caption))
        if figure.notes or not self._has_annex:
            self._notes(figure.notes)
        if self._has_annex:
            see = self._line("", "Small Print")
            self._link(see, _ANNEX, self.say("pdf.see_data"))

    @property
    def _has_annex(self) -> bool:
        meta = self.document.meta
        return bool(self.pictures) and bool(meta.get("annex", meta.get("cover", True)))

    def _annex(self) -> None:
        """The numbers behind the figures, in their order."""
        if not self._has_annex:
            return
        line = self._line("", "Heading 1")
        line.paragraph_format.page_break_before = True
        self._bookmark(line, _ANNEX, self.say("pdf.annex"))
        self._line(self.say("pdf.annex_lead"), "Normal")
        for section in walk(self.document.sections):
            for block in section.blocks:
                if isinstance(block, Figure):
                    self._caption("label.data", block.number, block.data.caption)
                    self._table(block.data)

    def _table(self, table: Table) -> None:
        widths = column_widths(table, room=_ROOM)
        self._grid(table, tuple(width / sum(widths) for width in widths))
        self._notes(table.notes)

    def _grid(self, data: Table, shares: tuple[float, ...]) -> None:
        widths = tuple(_TEXT_WIDTH * share for share in shares)
        made = word_table(data, widths, style=self._styles["Table Text"])
        self.word.element.body.insert_element_before(made, "w:sectPr")

    # --- links -------------------------------------------------------------------------------

    def _bookmark(self, line: WordParagraph, name: str, text: str) -> None:
        number = str(self.bookmarks.setdefault(name, len(self.bookmarks) + 1))
        start = element("w:bookmarkStart", id=number, name=_bookmark_name(name))
        line._p.append(start)  # noqa: SLF001 (python-docx has no bookmarks)
        line.add_run(text)
        line._p.append(element("w:bookmarkEnd", id=number))  # noqa: SLF001

    def _link(self, line: WordParagraph, name: str, text: str, *, bold: bool = False) -> None:
        link = element("w:hyperlink", anchor=_bookmark_name(name), history="1")
        run = line.add_run(text)
        run.bold = bold
        link.append(run._r)  # noqa: SLF001 (python-docx has no internal links)
        line._p.append(link)  # noqa: SLF001


def _bookmark_name(name: str) -> str:
    """Word takes letters, digits and underscores, at most 40."""
    return "s_" + "".join(c if c.isalnum() else "_" for c in name)[:38]


def _field(line: WordParagraph, code: str) -> None:
    run = line.add_run()
    for kind in ("begin", "separate", "end"):
        if kind == "separate":
            instruction = element("w:instrText")
            instruction.text = code
            run._r.append(instruction)  # noqa: SLF001 (python-docx has no fields)
        run._r.append(element("w:fldChar", fldCharType=kind))  # noqa: SLF001
        if kind == "separate":
            number = element("w:t")
            number.text = "1"
            run._r.append(number)  # noqa: SLF001


def _moment(date: str) -> datetime:
    try:
        return datetime.fromisoformat(date).replace(tzinfo=UTC)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)


def write_docx(document: Document, path: str | Path) -> None:
    """Write a document as Word; OSError where it cannot be written."""
    stream = io.BytesIO()
    _Writer(document).write().save(stream)
    Path(path).write_bytes(stream.getvalue())
