"""``algo-audit``: the command line.

Help, usage errors and faults speak French and English; a command that is not built is not
in the list. Nothing heavier than typer is imported before a command runs.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated

import typer

from algo_audit.cli import faults
from algo_audit.cli.audit import audit
from algo_audit.cli.cases import cases
from algo_audit.cli.demo import demo
from algo_audit.cli.explain import explain
from algo_audit.cli.help import TranslatedCommand, TranslatedGroup
from algo_audit.cli.init import init
from algo_audit.cli.notebooks import notebooks
from algo_audit.cli.options import LangOption, read_languages
from algo_audit.cli.pack import pack
from algo_audit.cli.pool import pool
from algo_audit.cli.render import render
from algo_audit.cli.session import (
    Session,
    choose_language,
    never_fail_on_encoding,
    session_of,
)
from algo_audit.cli.warmup import warmup
from algo_audit.errors import AuditError

PROGRAM = "algo-audit"
_COMMANDS = (demo, init, audit, explain, render, pool, cases, notebooks, pack, warmup)


def _start(
    context: typer.Context,
    *,
    lang: LangOption = None,
    version: Annotated[bool, typer.Option("--version", help="cli.main.version")] = False,
) -> None:
    """Without a command: the version, or the help page."""
    from algo_audit import __version__

    session = session_of(context)
    read_languages(lang, ())
    if version:
        session.print(f"{PROGRAM} {__version__}")
    elif context.invoked_subcommand is None:
        session.print(context.get_help())
    if version:
        raise typer.Exit


def application() -> typer.Typer:
    """The commands that exist, in the order to learn them."""
    app = typer.Typer(
        cls=TranslatedGroup,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help"]},
    )
    app.callback(invoke_without_command=True)(_start)
    for command in _COMMANDS:
        app.command(command.__name__, cls=TranslatedCommand)(command)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; no exception comes out."""
    session = Session(choose_language(arguments, os.environ), debug="--debug" in arguments)
    try:
        code = application()(list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=session)
    except AuditError as error:
        return faults.report(session, error)
    except (KeyboardInterrupt, typer.Abort):
        code = faults.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # (typer leaves by SystemExit when a pipe is closed, and only then.)
        # The reader of our output has left (`| head`): nothing to say, and nobody to say it to.
        return 0
    except Exception as error:
        usage = faults.from_usage(error)
        if usage is not None:
            return faults.report(session, usage)
        return faults.report_unexpected(session, error)
    if code == faults.INTERRUPTED:
        session.complain(session.text("cli.interrupted"))
    return code if isinstance(code, int) else 0


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    # As Ctrl-C: what was begun is taken away.
    raise KeyboardInterrupt


def main() -> None:
    """Entry point of the ``algo-audit`` command."""
    never_fail_on_encoding()
    signal.signal(signal.SIGTERM, _terminate)
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still held would be written, and fail again, when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
