"""``algo-audit pool A.json B.json ...``: several employers together, no row shared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from algo_audit.cli.delivery import Delivery
from algo_audit.cli.options import (
    DEFAULT_AUDIENCE,
    AudienceOption,
    Checks,
    DebugOption,
    ForceOption,
    LangOption,
    OutOption,
    RenderedFormatOption,
    SeedOption,
    read_audience,
    read_languages,
    read_pairs,
    read_rendered_formats,
    read_whole_number,
    required,
)
from algo_audit.cli.progress import step
from algo_audit.cli.running import tell_files
from algo_audit.cli.session import session_of
from algo_audit.errors import AuditError, raise_all
from algo_audit.report.writing import writer_of

if TYPE_CHECKING:
    from algo_audit.audit import AuditResult


def pool(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="jsons", help="cli.pool.files")
    ] = None,
    *,
    reference: Annotated[
        list[str] | None, typer.Option(metavar="reference", help="cli.audit.reference")
    ] = None,
    seed: SeedOption = None,
    lang: LangOption = None,
    audience: AudienceOption = DEFAULT_AUDIENCE,
    formats: RenderedFormatOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Bring the audits of several employers together."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    languages = checks.value(lambda: read_languages(lang, (session.language,)), ())
    reader = checks.value(lambda: read_audience(audience), DEFAULT_AUDIENCE)
    kinds = checks.value(lambda: read_rendered_formats(formats), ())
    named = checks.value(lambda: read_pairs("--reference", reference), {})
    number = checks.value(lambda: read_whole_number("--seed", seed, lowest=0), None)
    folder = Path(checks.value(lambda: required(out, "--out"), ".")).expanduser()
    checks.done()

    from algo_audit.data.limits import read_limits
    from algo_audit.data.policy import Policy
    from algo_audit.fairness.sector import pool_employers
    from algo_audit.report.sector import build_sector, employer_of

    policy = Policy(reference=named) if number is None else Policy(reference=named, seed=number)
    names = tuple(f"sector.{language}.{kind}" for kind in kinds for language in languages)
    with Delivery(folder, names, force=force) as delivery:
        with step(session, "cli.step.computing"):
            employers = [employer_of(result, file) for file, result in _read(files or ())]
            sector = pool_employers(employers, policy=policy, limits=read_limits())
        with step(session, "cli.step.writing"):
            for language in languages:
                document = build_sector(sector, language, audience=reader)
                for kind in kinds:
                    writer_of(kind)(document, delivery.path(f"sector.{language}.{kind}"))
        delivery.publish()
    tell_files(session, delivery, names, audience=reader)


def _read(files: list[str] | tuple[str, ...]) -> list[tuple[str, AuditResult]]:
    """Every result, or the faults of all files together."""
    from algo_audit.report.json import read_json

    read: list[tuple[str, AuditResult]] = []
    faults: list[AuditError] = []
    for file in files:
        try:
            read.append((file, read_json(file)))
        except AuditError as error:
            faults.extend(error.faults)
    raise_all(faults)
    return read
