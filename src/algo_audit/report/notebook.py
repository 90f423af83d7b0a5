"""What a notebook shows: results in the report's own look, one sentence in place of a traceback.

``%load_ext algo_audit`` turns it on for a notebook; ``show`` works without it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from algo_audit.errors import AuditError
from algo_audit.i18n.formats import MINUS, NARROW
from algo_audit.i18n.reader_language import reader_language
from algo_audit.report.document import Audience, Block, Document, Language, Section
from algo_audit.report.fragment import fragment
from algo_audit.report.plain_text import plain_text

if TYPE_CHECKING:
    from algo_audit.audit import AuditResult

# Results with a rich display, by module and class; nothing is imported until one is shown.
_TYPES = (
    ("algo_audit.audit", "AuditResult"),
    ("algo_audit.cases.case", "Case"),
    ("algo_audit.data.decisions", "Decisions"),
    ("algo_audit.explain.contributions", "Explanation"),
    ("algo_audit.explain.gap", "GapDecomposition"),
    ("algo_audit.explain.staircase", "Staircase"),
    ("algo_audit.fairness.comparison", "Comparison"),
    *(
        ("algo_audit.report.document", name)
        for name in ("Document", "Section", *(one.__name__ for one in get_args(Block)))
    ),
)

_NOUGHT = re.compile(r"(?<![\w.,-])[-+](?=0(?:\.0+)?(?!\.?\d))")  # a rounded nought has no sign
_MINUS = re.compile(r"(?<![\w-])-(?=\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")


@dataclass(frozen=True)
class Shown:
    """A piece of a report: HTML where the notebook shows it, else text."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def show(
    shown: Any,
    part: str | None = None,
    *,
    language: Language | None = None,
    audience: Audience = "committee",
) -> Shown:
    """A result, or a part of it, as the report says it.

    Parameters
    ----------
    shown : AuditResult, Comparison or several, Explanation, GapDecomposition, Staircase, Case, \
Decisions, Document, Section or block
    part : str, optional
        Of an ``AuditResult``: the id of a section of its report (``essential``, ``gaps``,
        ``strata``, ``pools``, ``drivers-gap`` ...); without it, the summary of two pages.
    language : {"fr", "en"}, optional
        ``ALGO_AUDIT_LANG``, else the locale, else French.
    audience : {"committee", "full", "public"}
        Of an ``AuditResult``: what is masked. A notebook that is saved is handed on, so small
        groups are masked unless ``full`` is asked for.

    Returns
    -------
    Shown

    Raises
    ------
    AuditError
        ``notebook.no_part``: the report has no such section; ``choices`` lists those it has.
        ``notebook.not_shown``: nothing is known about such an object.
    """
    spoken = language or cast("Language", reader_language(os.environ))
    made = _made(shown, part, spoken, audience)
    return Shown(fragment(made, language=spoken), plain_text(made))


def say(*, fr: str, en: str) -> Shown:
    """A sentence in the reader's language, its numbers put in by whoever calls.

    Parameters
    ----------
    fr, en : str
        The same thing in both. French spaces are set as printers set them, and numbers written
        as Python does (``1,234.5``, ``-3``) get the decimal comma, the space between thousands
        and the minus sign; what rounds to nought (``-0.00``) has no sign.

    Returns
    -------
    Shown
    """
    from algo_audit.report.document import Paragraph
    from algo_audit.report.phrases import Phrases

    spoken = cast("Language", reader_language(os.environ))
    text = _MINUS.sub(MINUS, _NOUGHT.sub("", {"fr": fr, "en": en}[spoken]))
    if spoken == "fr":
        text = _POINT.sub(",", _THOUSANDS.sub(NARROW, text))
    text = Phrases(spoken, "full", None).typeset(text)
    block = Paragraph(text)
    return Shown(fragment(block, language=spoken), plain_text(block))


def _made(
    shown: Any, part: str | None, language: Language, audience: Audience
) -> Document | Section | Block:
    if isinstance(shown, (Document, Section, *get_args(Block))):
        return cast("Document | Section | Block", shown)
    kind = type(shown).__name__
    if kind == "AuditResult":
        return _of_result(shown, part, language, audience)
    return _table_or_section(shown, kind, language)


def _of_result(
    result: AuditResult, part: str | None, language: Language, audience: Audience
) -> Document | Section:
    from algo_audit.report.building import build_report, walk
    from algo_audit.report.negotiation import build_summary

    if part is None:
        return build_summary(result, language, audience=audience)
    report = build_report(result, language, audience=audience)
    sections = {section.id: section for section in walk(report.sections)}
    if part not in sections:
        raise AuditError("notebook.no_part", part, choices=list(sections))
    return sections[part]


def _table_or_section(shown: Any, kind: str, language: Language) -> Section | Block:
    from algo_audit.report import notebook_tables as tables
    from algo_audit.report.phrases import Phrases

    phrases = Phrases(language, "full", None)
    single: dict[str, Callable[[Phrases, Any], Section | Block]] = {
        "Case": tables.case_section,
        "Decisions": tables.decisions_section,
        "Explanation": tables.contributions_table,
        "GapDecomposition": tables.gap_parts_table,
        "Staircase": tables.staircase_table,
    }
    if kind in single:
        return single[kind](phrases, shown)
    several = tuple(shown) if isinstance(shown, Sequence) else (shown,)
    if several and all(type(one).__name__ == "Comparison" for one in several):
        return tables.comparison_table(phrases, several)
    raise AuditError("notebook.not_shown", kind, choices=[name for _, name in _TYPES[:7]])


def load_ipython_extension(shell: Any) -> None:
    """Turn rich displays on in a notebook: ``%load_ext algo_audit``."""
    formatters = shell.display_formatter.formatters
    for module, name in _TYPES:
        formatters["text/html"].for_type_by_name(module, name, lambda one: show(one).html)
        formatters["text/plain"].for_type_by_name(
            module, name, lambda one, printer, _cycle: printer.text(show(one).text)
        )
    shell.set_custom_exc((AuditError,), _told)


def unload_ipython_extension(shell: Any) -> None:
    """Turn them off again: ``%unload_ext algo_audit``."""
    for form in ("text/html", "text/plain"):
        known = shell.display_formatter.formatters[form]
        for module, name in _TYPES:
            known.deferred_printers.pop((module, name), None)
            for kind in [
                k for k in known.type_printers if (k.__module__, k.__name__) == (module, name)
            ]:
                known.type_printers.pop(kind)
    shell.set_custom_exc((), None)


def _told(shell: Any, kind: type, error: AuditError, trace: Any, tb_offset: Any = None) -> None:
    """The faults of an input in the reader's words, without a traceback."""
    del shell, kind, trace, tb_offset
    from algo_audit.i18n.catalogue import Catalogue
    from algo_audit.i18n.formats import Formats
    from algo_audit.i18n.wording import describe

    language = reader_language(os.environ)
    for sentence in describe(error, Catalogue(language), Formats(language)):
        print(sentence)  # noqa: T201  (a notebook's output is where its reader looks)
