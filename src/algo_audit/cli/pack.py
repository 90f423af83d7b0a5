"""``algo-audit pack CASE``: what a facilitator prints and keeps for a workshop on a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from algo_audit.cli.delivery import Delivery
from algo_audit.cli.options import (
    Checks,
    DebugOption,
    ForceOption,
    LangOption,
    Language,
    OutOption,
    PaperFormatOption,
    read_languages,
    read_paper_formats,
    required,
)
from algo_audit.cli.progress import step
from algo_audit.cli.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from algo_audit.report.document import Document

GUIDE, TABLES, HANDED_OVER = "confidential/guide", "tables", "documents"


def pack(
    context: typer.Context,
    case: Annotated[str | None, typer.Argument(metavar="case", help="cli.demo.case")] = None,
    *,
    lang: LangOption = None,
    formats: PaperFormatOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Write the facilitator's guide, what the tables receive, and the case's documents."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    key = checks.value(lambda: required(case, session.text("cli.metavar.case")), "")
    languages = checks.value(lambda: read_languages(lang, (session.language,)), ())
    kinds = checks.value(lambda: read_paper_formats(formats), ())
    folder = Path(checks.value(lambda: required(out, "--out"), ".")).expanduser()
    checks.done()

    from algo_audit.report.writing import writer_of

    names = tuple(
        f"{name}.{language}.{kind}"
        for name in (GUIDE, TABLES, HANDED_OVER)
        for kind in kinds
        for language in languages
    )
    with Delivery(folder, names, force=force) as delivery:
        with step(session, "cli.step.computing"):
            made = list(_documents(key, languages))
        with step(session, "cli.step.writing"):
            for name, document in made:
                for kind in kinds:
                    path = delivery.path(f"{name}.{document.language}.{kind}")
                    writer_of(kind)(document, path)
        delivery.publish()
    session.print()
    session.say("cli.written")
    for name in names:
        session.print(f"  {folder / name}")
    session.say("cli.pack.who")


def _documents(key: str, languages: Sequence[Language]) -> Iterator[tuple[str, Document]]:
    import pandas as pd

    from algo_audit.cases.case import builtin_case
    from algo_audit.cases.ways import compare_ways
    from algo_audit.report.pack_guide import build_guide
    from algo_audit.report.pack_tables import build_handed_over, build_tables, cards_of

    case = builtin_case(key)
    ways = compare_ways(case)
    table = pd.read_csv(case.path, sep=";", decimal=",", encoding="utf-8-sig")
    people = cards_of(case, table)
    for language in languages:
        yield GUIDE, build_guide(case, ways, language)
        yield TABLES, build_tables(case, people, language)
        yield HANDED_OVER, build_handed_over(case, language)
