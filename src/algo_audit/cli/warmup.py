"""``algo-audit warmup``: ten minutes to see that people rank people differently."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from algo_audit.cli.delivery import Delivery
from algo_audit.cli.options import (
    Checks,
    DebugOption,
    ForceOption,
    LangOption,
    OutOption,
    PaperFormatOption,
    read_languages,
    read_paper_formats,
)
from algo_audit.cli.session import Session, session_of
from algo_audit.errors import AuditError, raise_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from algo_audit.cases.warm_up import Agreement

Picks = tuple[str, tuple[int, ...]]


def warmup(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="file", help="cli.warmup.file")] = None,
    *,
    lang: LangOption = None,
    formats: PaperFormatOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Write the sheets with ``--out``; else compare the tables' lines, from a file or as typed."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    languages = checks.value(lambda: read_languages(lang, (session.language,)), ())
    kinds = checks.value(lambda: read_paper_formats(formats), ())
    checks.done()
    if out is None:
        _compare(session, file)
        return

    from algo_audit.report.warm_up_sheet import build_warm_up
    from algo_audit.report.writing import writer_of

    folder = Path(out).expanduser()
    names = tuple(f"warmup.{language}.{kind}" for kind in kinds for language in languages)
    with Delivery(folder, names, force=force) as delivery:
        for language in languages:
            document = build_warm_up(language)
            for kind in kinds:
                writer_of(kind)(document, delivery.path(f"warmup.{language}.{kind}"))
        delivery.publish()
    session.say("cli.written")
    for name in names:
        session.print(f"  {folder / name}")


def _compare(session: Session, file: str | None) -> None:
    from algo_audit.cases.warm_up import compare_tables

    if file is None:
        session.say("cli.warmup.type")
        lines: Iterable[str] = iter(sys.stdin.readline, "")
    else:
        lines = _lines_of(file)
    picks = read_picks(lines)
    session.print()
    for one in compare_tables(picks):
        session.print(_said(session, one))
    session.print()
    session.say("cli.warmup.nobody")


def _lines_of(file: str) -> list[str]:
    try:
        return Path(file).expanduser().read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError("cli.picks_unreadable", file) from error


def read_picks(lines: Iterable[str]) -> list[Picks]:
    """Tables and their numbers, best first: ``Table 1: 4, 17, 22``; a blank line ends.

    Raises
    ------
    AuditError
        Every fault of every line: ``cli.picks_none``, ``cli.picks_no_name``,
        ``cli.picks_number``, ``cli.picks_twice``, ``cli.picks_colleges``.
    """
    picks: list[Picks] = []
    faults: list[AuditError] = []
    for place, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            break
        try:
            picks.append(_read_line(text, f"{place}"))
        except AuditError as error:
            faults.append(error)
    raise_all(faults)
    if not picks:
        raise AuditError("cli.picks_none")
    return picks


def _read_line(text: str, where: str) -> Picks:
    from algo_audit.cases.warm_up import COLLEGES, PER_COLLEGE, college_of

    name, colon, rest = text.partition(":")
    if not colon or not name.strip():
        raise AuditError("cli.picks_no_name", where, seen=text)
    words = [word for word in re.split(r"[,;\s]+", rest.strip()) if word]
    last = PER_COLLEGE * len(COLLEGES)
    wrong = [w for w in words if not (w.isascii() and w.isdigit() and 1 <= int(w) <= last)]
    if wrong or not words:
        raise AuditError("cli.picks_number", where, seen=wrong or text, last=last)
    numbers = tuple(int(word) for word in words)
    if len(set(numbers)) < len(numbers):
        twice = sorted({str(one) for one in numbers if numbers.count(one) > 1})
        raise AuditError("cli.picks_twice", where, seen=twice)
    if len({college_of(one) for one in numbers}) > 1:
        raise AuditError("cli.picks_colleges", where, seen=name.strip())
    return name.strip(), numbers


def _said(session: Session, one: Agreement) -> str:
    from algo_audit.cases.warm_up import GRID

    formats = session.formats
    second = session.text("cli.warmup.grid") if one.second == GRID else one.second
    said = session.text(
        "cli.warmup.pair",
        first=one.first,
        second=second,
        common=formats.number(one.common),
        of=formats.number(one.of),
        chance=formats.number(one.by_chance, 1),
    )
    if one.tau is None:
        return said
    return f"{said} {session.text('cli.warmup.tau', tau=formats.number(one.tau, 2))}"
