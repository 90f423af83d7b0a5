"""``algo-audit demo CASE``: audit a built-in case, for a first look."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

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
from algo_audit.cli.revealing import reveal_truth, reveal_ways
from algo_audit.cli.session import Session, session_of
from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import LANGUAGES

if TYPE_CHECKING:
    from algo_audit.cases.case import Case

GRID, VENDOR = "grid", "vendor"
_SYSTEMS = (GRID, VENDOR)


@dataclass(frozen=True)
class _Wanted:
    """What the command line asks for; ``rows`` and ``seed`` None: the shipped file."""

    case: str
    system: str
    languages: tuple[Language, ...]
    rows: int | None
    seed: int | None
    reveal: bool


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
    system: Annotated[
        str, typer.Option("--system", metavar="system", help="cli.demo.system")
    ] = GRID,
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
    if system not in _SYSTEMS:
        checks.fault("cli.system_unknown", "--system", seen=system, choices=_SYSTEMS)
    checks.done()
    wanted = _Wanted(key, system, languages, row_count, number, reveal)
    _run(session, wanted)


def _run(session: Session, wanted: _Wanted) -> None:
    from algo_audit.cases.case import builtin_case
    from algo_audit.cli.running import compute, read, tell_files, tell_findings, write

    case = builtin_case(wanted.case)
    folder = Path(f"audit-{case.key}" if wanted.system == GRID else f"audit-{case.key}-vendor")
    names = names_of(wanted.languages, DEFAULT_FORMATS, DEFAULT_DOCUMENTS)
    _refuse_foreign(folder, case.key)
    with Delivery(folder, names, force=True) as delivery, TemporaryDirectory() as place:
        if wanted.system == VENDOR:
            case = _vendor(session, case, Path(place), wanted)
        elif wanted.rows is not None or wanted.seed is not None:
            with step(session, "cli.step.generating"):
                from algo_audit.cases.drawing import drawn_case

                case = drawn_case(case.key, rows=wanted.rows, seed=wanted.seed, folder=Path(place))
        result = compute(session, case, read(session, case))
        documents = write(
            session,
            result,
            delivery,
            languages=wanted.languages,
            formats=DEFAULT_FORMATS,
            audience=DEFAULT_AUDIENCE,
            documents=DEFAULT_DOCUMENTS,
        )
    tell_findings(session, result, documents, audience=DEFAULT_AUDIENCE)
    if wanted.reveal:
        reveal_truth(session, wanted.case)
        reveal_ways(session, builtin_case(wanted.case))
    tell_files(session, delivery, names, audience=DEFAULT_AUDIENCE)


def _vendor(session: Session, case: Case, place: Path, wanted: _Wanted) -> Case:
    """The case as the vendor's system would have decided it; told when it was trained again."""
    with step(session, "cli.step.vendor"):
        from algo_audit.cases.vendor_model import vendor_case

        made, used = vendor_case(case, place, rows=wanted.rows, seed=wanted.seed)
    session.say("cli.demo.vendor_log")
    if used.replaced is not None:
        session.say("cli.demo.vendor_trained", version=used.replaced)
    return made


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
