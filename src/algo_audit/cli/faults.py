"""Everything that can go wrong, as sentences in the reader's language and an exit code.

Exit codes: 0 done, 2 something to mend in what was given (nothing was written),
70 a fault of the tool itself, 130 interrupted.
"""

from __future__ import annotations

import traceback

from algo_audit.cli.session import Session
from algo_audit.errors import AuditError
from algo_audit.i18n.wording import describe

TO_MEND = 2
OUR_FAULT = 70
INTERRUPTED = 130


def from_usage(error: Exception) -> AuditError | None:
    """A typer usage error as one of ours; None when it is something else.

    Told apart by their attributes: typer carries its own copy of click from 0.26 on, so
    the classes live in different places from one version to the next.
    """
    if not hasattr(error, "format_message"):
        return None
    name = getattr(error, "option_name", None)
    if name is None:
        return AuditError("cli.usage", seen=str(getattr(error, "message", error)))
    if hasattr(error, "possibilities"):
        return AuditError("cli.unknown_option", seen=name, choices=tuple(error.possibilities or ()))
    flag = "not take a value" in str(getattr(error, "message", ""))
    return AuditError("cli.option_takes_no_value" if flag else "cli.option_needs_value", seen=name)


def report(session: Session, error: AuditError) -> int:
    """Print one sentence for every fault, then that nothing was written."""
    if session.debug:
        session.complain("".join(traceback.format_exception(error)).rstrip())
    sentences = dict.fromkeys(_sentence(session, fault) for fault in error.faults)
    for sentence in sentences:
        session.complain(sentence)
    count = len(sentences)
    session.complain(
        session.catalogue.counted("cli.faults", count, count=session.formats.number(count))
    )
    return TO_MEND


def _sentence(session: Session, fault: AuditError) -> str:
    """The sentence, and where the fault leaves a choice, the option that makes it."""
    sentence = " ".join(describe(fault, session.catalogue, session.formats))
    hint = f"cli.hint.{fault.code}"
    return f"{sentence} {session.text(hint)}" if session.catalogue.has(hint) else sentence


def report_unexpected(session: Session, error: Exception) -> int:
    """One sentence that says where to report a fault of the tool."""
    if session.debug:
        session.complain("".join(traceback.format_exception(error)).rstrip())
    seen = type(error).__name__
    session.complain(session.text("cli.unexpected", seen=seen))
    return OUR_FAULT
