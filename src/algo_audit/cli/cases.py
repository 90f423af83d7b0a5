"""``algo-audit cases``: the built-in cases."""

from __future__ import annotations

import typer

from algo_audit.cli.options import DebugOption, LangOption, read_languages
from algo_audit.cli.session import session_of


def cases(context: typer.Context, *, lang: LangOption = None, debug: DebugOption = False) -> None:
    """List the built-in cases with their titles."""
    session = session_of(context)
    session.debug |= debug
    read_languages(lang, (session.language,))

    from algo_audit.cases.case import builtin_cases

    colon = session.text("init.toml.colon")
    for case in builtin_cases():
        session.print(
            f"{case.key}{colon}{session.formats.typeset(case.texts[session.language]['title'])}"
        )
    session.print()
    session.say("cli.cases.try")
