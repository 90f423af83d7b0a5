"""Help pages in the reader's language: typer's own words are English only.

A command's docstring is for programmers; what is printed stands in ``locale/*/cli.po``
under ``cli.<command>.about``, and every ``help=`` and ``metavar=`` below is a message key.
"""

from __future__ import annotations

import shutil
import textwrap
from typing import Any

from typer.core import TyperCommand, TyperGroup

from algo_audit.cli.session import Session, session_of
from algo_audit.errors import AuditError

_NARROWEST, _WIDEST, _LEFT = 40, 96, 30


def _width() -> int:
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))


def _wrapped(text: str, indent: str) -> str:
    return "\n".join(
        textwrap.fill(
            paragraph,
            _width(),
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for paragraph in text.split("\n")
    )


def _rows(pairs: list[tuple[str, str]]) -> list[str]:
    """Two columns; a long left side stands on a line of its own."""
    lines = []
    left = min(_LEFT, max(len(name) for name, _ in pairs) + 4)
    for name, text in pairs:
        filled = _wrapped(text, " " * left)
        head = f"  {name}"
        if len(head) + 2 <= left:
            lines.append(head.ljust(left) + filled[left:])
        else:
            lines.extend([head, filled])
    return lines


def _metavar(session: Session, parameter: Any) -> str:
    name = parameter.metavar
    return session.text(f"cli.metavar.{name}") if name else ""


def _option_row(session: Session, option: Any) -> tuple[str, str]:
    names = ", ".join([*option.secondary_opts, *option.opts])
    if "--help" in option.opts:
        return names, session.text("cli.option.help")
    return " ".join(filter(None, [names, _metavar(session, option)])), session.text(option.help)


def _print_parameters(session: Session, command: Any, context: Any, formatter: Any) -> None:
    parameters = command.get_params(context)
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name == "option"]
    if arguments:
        formatter.write(f"\n{session.text('cli.help.arguments')}\n")
        pairs = [(_metavar(session, one), session.text(one.help)) for one in arguments]
        formatter.write("\n".join(_rows(pairs)) + "\n")
    formatter.write(f"\n{session.text('cli.help.options')}\n")
    formatter.write("\n".join(_rows([_option_row(session, one) for one in options])) + "\n")


class TranslatedCommand(TyperCommand):
    """A command whose help speaks the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page of one command."""
        session = session_of(ctx)
        usage = session.text("cli.help.usage", usage=session.text(f"cli.{self.name}.usage"))
        formatter.write(f"{usage}\n\n{_wrapped(session.text(f'cli.{self.name}.about'), '')}\n")
        _print_parameters(session, self, ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, and refuse what is left over with a sentence of our own."""
        ctx.allow_extra_args = True
        left = super().parse_args(ctx, args)
        if ctx.args:
            raise AuditError("cli.extra_argument", str(self.name), seen=list(ctx.args))
        return left


class TranslatedGroup(TyperGroup):
    """The list of commands in the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the first help page."""
        session = session_of(ctx)
        usage = session.text("cli.help.usage", usage=session.text("cli.main.usage"))
        formatter.write(f"{usage}\n\n{_wrapped(session.text('cli.main.about'), '')}\n")
        formatter.write(f"\n{session.text('cli.help.commands')}\n")
        names = self.list_commands(ctx)
        pairs = [(name, session.text(f"cli.{name}.short")) for name in names]
        formatter.write("\n".join(_rows(pairs)) + "\n")
        _print_parameters(session, self, ctx, formatter)
        formatter.write(f"\n{_wrapped(session.text('cli.main.epilogue'), '')}\n")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; an unknown one gets the list of those that exist."""
        names = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in names:
            raise AuditError("cli.unknown_command", seen=args[0], choices=names)
        return super().resolve_command(ctx, args)
