"""``algo-audit init FILE``: look at a file, propose who plays which part."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from algo_audit.cli.delivery import Delivery
from algo_audit.cli.options import (
    Checks,
    DebugOption,
    EncodingOption,
    ForceOption,
    LangOption,
    SheetOption,
    read_languages,
    required,
)
from algo_audit.cli.progress import step
from algo_audit.cli.session import session_of
from algo_audit.errors import AuditError

_NAME = "audit.toml"


def init(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="file", help="cli.init.file")] = None,
    *,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    lang: LangOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Print the proposed roles with their reasons and write a commented ``audit.toml``."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    path = Path(checks.value(lambda: required(file, session.text("cli.metavar.file")), ""))
    checks.value(lambda: read_languages(lang, (session.language,)), ())
    checks.done()
    if not path.is_file():
        raise AuditError("reading.file_missing", str(path))
    with Delivery(path.parent, (_NAME,), force=force) as delivery:
        with step(session, "cli.step.reading"):
            from algo_audit.data.role_proposals import propose_roles

            proposal = propose_roles(path, sheet=sheet, encoding=encoding)
        delivery.path(_NAME).write_text("", encoding="utf-8", newline="\n")
        delivery.publish()
