"""``algo-audit demo CASE``: audit a built-in case, for a first look."""

from __future__ import annotations

import json
from math import floor, log10
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from algo_audit.cli.delivery import JSON_NAME, Delivery, names_of
from algo_audit.cli.options import (
    DEFAULT_AUDIENCE,
    DEFAULT_DOCUMENTS,
    DEFAULT_FORMATS,
    DOCUMENTS,
    FORMATS,
    Checks,
    DebugOption,
    LangOption,
    Language,
    read_languages,
    read_whole_number,
    required,
)
from algo_audit.cli.progress import step
from algo_audit.cli.session import Session, session_of
from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import LANGUAGES

_SMALLEST_SHOWN = 0.0005


def demo(
    context: typer.Context,
    case: Annotated[str | None, typer.Argument(metavar="case", help="cli.demo.case")] = None,
    *,
    reveal: Annotated[bool, typer.Option("--reveal", help="cli.demo.reveal")] = False,
    size: Annotated[
        str | None, typer.Option("--size", metavar="number", help="cli.demo.size")
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="number", help="cli.demo.seed")
    ] = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    """Audit a built-in case and write both reports into ``audit-<case>/``."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    key = checks.value(lambda: required(case, session.text("cli.metavar.case")), "")
    languages = checks.value(lambda: read_languages(lang, LANGUAGES), ())
    row_count = checks.value(lambda: read_whole_number("--size", size, lowest=1), None)
    number = checks.value(lambda: read_whole_number("--seed", seed, lowest=0), None)
    checks.done()
    _run(session, key, languages, rows=row_count, seed=number, reveal=reveal)


def _run(
    session: Session,
    key: str,
    languages: tuple[Language, ...],
    *,
    rows: int | None,
    seed: int | None,
    reveal: bool,
) -> None:
    from algo_audit.cases.case import builtin_case
    from algo_audit.cli.running import compute, read, tell_files, tell_findings, write

    case = builtin_case(key)
    folder = Path(f"audit-{case.key}")
    names = names_of(languages, DEFAULT_FORMATS, DEFAULT_DOCUMENTS)
    _refuse_foreign(folder, case.key)
    with Delivery(folder, names, force=True) as delivery, TemporaryDirectory() as place:
        if rows is not None or seed is not None:
            with step(session, "cli.step.generating"):
                from algo_audit.cases.drawing import drawn_case

                case = drawn_case(case.key, rows=rows, seed=seed, folder=Path(place))
        result = compute(session, case, read(session, case))
        documents = write(
            session,
            result,
            delivery,
            languages=languages,
            formats=DEFAULT_FORMATS,
            audience=DEFAULT_AUDIENCE,
            documents=DEFAULT_DOCUMENTS,
        )
    tell_findings(session, result, documents, audience=DEFAULT_AUDIENCE)
    if reveal:
        _reveal(session, key)
    tell_files(session, delivery, names, audience=DEFAULT_AUDIENCE)


def _refuse_foreign(folder: Path, key: str) -> None:
    """Replace only what an earlier demo of the same case wrote.

    Raises
    ------
    AuditError
        ``cli.folder_not_ours`` when the folder holds any other file, or the result of
        another audit.
    """
    if not folder.exists():
        return
    ours = {*names_of(LANGUAGES, FORMATS, DOCUMENTS)}
    present = (
        {str(p.relative_to(folder).as_posix()) for p in folder.rglob("*") if not p.is_dir()}
        if folder.is_dir()
        else {folder.name}
    )
    if present and (present - ours or _case_of(folder / JSON_NAME) != key):
        raise AuditError("cli.folder_not_ours", str(folder))


def _case_of(path: Path) -> str | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return str(data["case"]["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _reveal(session: Session, key: str) -> None:
    """Print what was planted, and what the shipped file shows of it."""
    from algo_audit.cases.truth import read_truth

    truth = read_truth(key)
    session.print()
    session.say("cli.reveal.head", file=truth.dataset)
    for number, planted in enumerate(truth.planted, 1):
        session.print()
        session.print(f"{number}. {planted.name[session.language]}")
        for texts in (planted.mechanism, planted.shows):
            session.print(f"   {texts[session.language]}")
        for fact in planted.facts:
            value = _short(session, float(fact.value))
            session.print(
                f"   - {fact.name[session.language]}{session.text('init.toml.colon')}{value}"
            )
        session.print(f"   {planted.lesson[session.language]}")


def _short(session: Session, value: float) -> str:
    """Counts as they are, other figures with three significant digits."""
    if value.is_integer() and value:
        return session.formats.number(value)
    if 0 <= value < _SMALLEST_SHOWN:
        return session.formats.p_value(value)
    digits = 2 - floor(log10(abs(value)))
    return session.formats.number(value, min(max(digits, 0), 3))
