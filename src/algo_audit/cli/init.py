"""``algo-audit init FILE``: look at a file, propose who plays which part."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from algo_audit.cli.session import Session, session_of
from algo_audit.errors import AuditError

if TYPE_CHECKING:
    from algo_audit.cases.declaring import Say
    from algo_audit.data.role_proposals import Proposal

_NAME = "audit.toml"
# The reason of columns that the decision may have been drawn from, and no more is known.
_PLAIN = "may_be_input"


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
    with Delivery(path.parent, (_NAME,), force=force) as delivery:
        with step(session, "cli.step.reading"):
            from algo_audit.cases.declaring import write_audit_toml
            from algo_audit.data.role_proposals import propose_roles

            proposal = propose_roles(path, sheet=sheet, encoding=encoding)
        text = write_audit_toml(proposal, _say(session))
        try:
            delivery.path(_NAME).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise AuditError("cli.cannot_write", str(path.parent)) from error
        delivery.publish()
    _tell(session, proposal)
    roles = proposal.roles
    counted = roles.count is not None and proposal.shape.wide
    told = roles.favourable or roles.worse or roles.stages or counted
    whole = proposal.shape.shape == "score" or proposal.shape.population is not None
    complete = roles.protected and (whole or (roles.outcome and told))
    session.print()
    session.say("cli.init.next" if complete else "cli.init.open", path=str(path.parent / _NAME))


def _say(session: Session) -> Say:
    """Texts by key, whole numbers set as the reader's language sets them."""

    def say(key: str, /, **values: object) -> str:
        numbers = {k: session.formats.number(v) for k, v in values.items() if isinstance(v, int)}
        return session.text(key, **(values | numbers))

    return say


def _tell(session: Session, proposal: Proposal) -> None:
    """Print every column under its role, with the reason; plain inputs on one line."""
    from algo_audit.cases.declaring import shape_said, told_columns

    rows = session.formats.number(proposal.rows)
    session.say("cli.init.proposed", file=proposal.path.name, rows=rows)
    session.print(shape_said(proposal, _say(session)))
    colon = session.text("init.toml.colon")
    for role, columns in groupby(proposal.columns, key=lambda one: one.role):
        session.print()
        session.print(session.text(f"cli.role.{role or 'none'}"))
        ones = list(columns)
        told = [one for one in ones if one.reason != _PLAIN]
        for names, reason in told_columns(told, _say(session)):
            session.print(f"  {names}{colon}{reason}")
        plain = [one.column for one in ones if one.reason == _PLAIN]
        if plain:
            session.print(f"  {', '.join(plain)}")
