"""The look of a Word document: real styles, that a reader can change for the whole document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

INK = "1C2430"
QUIET = "525C6A"
ACCENT = "123F6D"
WARM = "93390A"
RULE = "C3C8D0"
WASH = "F3F4F6"

# Fonts that every Word and LibreOffice has, or replaces by one of the same widths.
TEXT_FONT = "Cambria"
SIGN_FONT = "Calibri"

# name, based on, font, size in points, bold, italic, colour, space before and after in points
_STYLES: tuple[tuple[str, str, str, float, bool, bool, str, float, float], ...] = (
    ("Banner", "Normal", SIGN_FONT, 9, False, False, QUIET, 0, 12),
    ("Eyebrow", "Normal", SIGN_FONT, 11, True, False, ACCENT, 18, 4),
    ("Lead", "Normal", TEXT_FONT, 12.5, False, False, INK, 0, 8),
    ("Small Print", "Normal", SIGN_FONT, 8.5, False, False, QUIET, 2, 6),
    ("How Sure", "Normal", TEXT_FONT, 11, False, True, INK, 0, 6),
    ("Warning", "Normal", TEXT_FONT, 11, False, False, INK, 4, 6),
    ("Quotation", "Normal", TEXT_FONT, 12, False, False, INK, 4, 6),
    ("Verdict", "Normal", SIGN_FONT, 9, True, False, ACCENT, 12, 2),
    ("Finding", "Normal", TEXT_FONT, 12.5, True, False, INK, 0, 4),
    ("Finding Detail", "Normal", TEXT_FONT, 10.5, False, False, INK, 0, 3),
    ("Finding Sureness", "Normal", TEXT_FONT, 10.5, False, True, QUIET, 0, 3),
    ("Note Title", "Normal", SIGN_FONT, 10, True, False, INK, 10, 0),
    ("Note Text", "Normal", TEXT_FONT, 10.5, False, False, INK, 0, 0),
    ("Term", "Normal", TEXT_FONT, 11, True, False, INK, 6, 0),
    ("Table Text", "Normal", SIGN_FONT, 8.5, False, False, INK, 1, 1),
    ("Contents Entry", "Normal", TEXT_FONT, 10.5, False, False, INK, 0, 2),
    ("Answer", "Normal", TEXT_FONT, 10.5, False, False, INK, 2, 2),
)
# Styles with a line at their left: its colour and width in eighths of a point.
_EDGES = {
    "Warning": (WARM, 18),
    "Quotation": (RULE, 8),
    "Finding": (ACCENT, 24),
    "Finding Detail": (ACCENT, 24),
    "Finding Sureness": (ACCENT, 24),
    "Note Title": (QUIET, 18),
    "Note Text": (QUIET, 18),
}
# Word refuses a file whose properties stand in another order than its schema's.
_AFTER_SHADE = ("w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
_SHADED = ("Note Title", "Note Text")
_KEPT_WITH_NEXT = ("Verdict", "Finding", "Finding Detail", "Note Title", "Term")
_HEADINGS = ((1, 18, 22, 8), (2, 14, 16, 6), (3, 12, 12, 4), (4, 11, 10, 4))
# The sheet of one person, on two pages: size, space before and after in points.
_SHEET: dict[str, tuple[float, float, float]] = {
    "Normal": (9.5, 0, 2),
    "Title": (17, 0, 0),
    "Subtitle": (10.5, 0, 3),
    "Heading 1": (11.5, 6, 2),
    "Caption": (8.5, 2, 1),
    "Banner": (8, 0, 3),
    "Lead": (10, 0, 2),
    "Small Print": (7.5, 0, 2),
    "Note Title": (8.5, 3, 0),
    "Note Text": (9, 0, 0),
    "Table Text": (8, 0, 0),
    "List Bullet": (9, 0, 1),
    "List Number": (9, 0, 0),
}


def element(tag: str, **attributes: str) -> Any:
    """A piece of OOXML: ``element("w:lang", val="fr-FR")``."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def apply_styles(word: WordDocument, language: str, *, sheet: bool = False) -> None:
    """Give a new Word document our styles and its language; ``sheet``: close, for two pages."""
    _set_language(word, {"fr": "fr-FR", "en": "en-GB"}[language])
    _font(word.styles["Normal"], TEXT_FONT, 11, INK)
    _spaces(word.styles["Normal"], 0, 6)
    word.styles["Normal"].paragraph_format.line_spacing = 1.15
    _font(word.styles["Title"], TEXT_FONT, 28, INK, bold=True)
    _without_borders(word.styles["Title"])
    _font(word.styles["Subtitle"], TEXT_FONT, 14, QUIET)
    _font(word.styles["Caption"], SIGN_FONT, 9.5, INK, bold=True)
    _spaces(word.styles["Caption"], 12, 4)
    word.styles["Caption"].paragraph_format.keep_with_next = True
    for level, size, before, after in _HEADINGS:
        style = word.styles[f"Heading {level}"]
        _font(style, TEXT_FONT, size, INK, bold=True)
        _spaces(style, before, after)
        style.paragraph_format.keep_with_next = True
    for name in ("List Bullet", "List Number"):
        _spaces(word.styles[name], 0, 3)
    _own_styles(word)
    if sheet:
        _close(word)


def _close(word: WordDocument) -> None:
    from docx.shared import Pt

    word.styles["Normal"].paragraph_format.line_spacing = 1.05
    for name, (size, before, after) in _SHEET.items():
        word.styles[name].font.size = Pt(size)
        _spaces(word.styles[name], before, after)


def _own_styles(word: WordDocument) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    for name, base, font, size, bold, italic, colour, before, after in _STYLES:
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles[base]
        style.quick_style = True
        _font(style, font, size, colour, bold=bold, italic=italic)
        _spaces(style, before, after)
        style.paragraph_format.keep_with_next = name in _KEPT_WITH_NEXT
        if name in _EDGES:
            edge_colour, width = _EDGES[name]
            _edge(style, edge_colour, width)
        if name in _SHADED:
            shade = element("w:shd", val="clear", color="auto", fill=WASH)
            style.element.get_or_add_pPr().insert_element_before(shade, *_AFTER_SHADE)


def _set_language(word: WordDocument, code: str) -> None:
    """Language of the whole document, and of the spelling checker."""
    defaults = word.styles.element.find(".//{*}rPrDefault/{*}rPr")
    for old in defaults.findall("{*}lang"):
        defaults.remove(old)
    defaults.append(element("w:lang", val=code, eastAsia=code, bidi="ar-SA"))
    word.core_properties.language = code


def _font(
    style: Any, font: str, size: float, colour: str, *, bold: bool = False, italic: bool = False
) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name = font
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.italic = italic
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), font)
        # the theme's fonts would win over the ones named
        fonts.attrib.pop(qn(f"w:{kind}Theme"), None)


def _spaces(style: Any, before: float, after: float) -> None:
    from docx.shared import Pt

    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)


def _edge(style: Any, colour: str, width: int) -> None:
    borders = element("w:pBdr")
    borders.append(element("w:left", val="single", sz=str(width), space="10", color=colour))
    style.element.get_or_add_pPr().insert_element_before(borders, "w:shd", *_AFTER_SHADE)
    from docx.shared import Pt

    style.paragraph_format.left_indent = Pt(12)


def _without_borders(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    for old in properties.findall("{*}pBdr"):
        properties.remove(old)
