"""``algo-audit render audit.json``: reports again, without the data and without computing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from algo_audit.cli.delivery import Delivery, names_of
from algo_audit.cli.options import (
    DEFAULT_AUDIENCE,
    AudienceOption,
    Checks,
    DebugOption,
    ForceOption,
    LangOption,
    OutOption,
    read_audience,
    read_languages,
    required,
)
from algo_audit.cli.session import session_of


def render(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="json", help="cli.render.file")] = None,
    *,
    lang: LangOption = None,
    audience: AudienceOption = DEFAULT_AUDIENCE,
    out: OutOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Make the reports of another language or audience from ``audit.json``."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    path = checks.value(lambda: required(file, session.text("cli.metavar.json")), "")
    languages = checks.value(lambda: read_languages(lang, (session.language,)), ())
    reader = checks.value(lambda: read_audience(audience), DEFAULT_AUDIENCE)
    folder = Path(checks.value(lambda: required(out, "--out"), ".")).expanduser()
    checks.done()

    from algo_audit.cli.running import tell_files, write
    from algo_audit.report.json import read_json

    result = read_json(path)
    names = names_of(languages, ("html",))
    with Delivery(folder, names, force=force) as delivery:
        write(session, result, delivery, languages=languages, formats=("html",), audience=reader)
    tell_files(session, delivery, names, audience=reader)
