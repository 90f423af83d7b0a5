"""From a case to files and printed lines: the steps that several commands share.

The rooms below are imported inside the functions: ``--help`` and a mistyped option must
not wait for pandas and matplotlib.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from algo_audit.cli.delivery import JSON_NAME, Delivery, document_name, written_as
from algo_audit.cli.options import Audience, Language
from algo_audit.cli.progress import step
from algo_audit.cli.session import Session
from algo_audit.errors import AuditError

if TYPE_CHECKING:
    from algo_audit.audit import AuditResult
    from algo_audit.cases.case import Case
    from algo_audit.data.decisions import Decisions
    from algo_audit.report.document import Document, Finding, Section

SAID_FIRST = 3


def read(session: Session, case: Case) -> Decisions:
    """Read the file that a case names."""
    with step(session, "cli.step.reading"):
        return case.read()


def compute(session: Session, case: Case, decisions: Decisions) -> AuditResult:
    """Run the audit."""
    examined = case.model is not None or bool(case.roles.inputs)
    with step(session, "cli.step.computing_model" if examined else "cli.step.computing"):
        from algo_audit.audit import run_audit

        return run_audit(case, decisions, audited_on=_today())


def _today() -> str:
    """The day that reports bear; ``SOURCE_DATE_EPOCH`` sets it, for equal bytes on another day."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    return datetime.now().astimezone().date().isoformat()


def write(
    session: Session,
    result: AuditResult,
    delivery: Delivery,
    *,
    languages: Sequence[Language],
    formats: Sequence[str],
    audience: Audience,
    documents: Sequence[str] = ("report",),
    answers: Mapping[str, str] | None = None,
) -> dict[Language, Document]:
    """Write the documents and ``audit.json``, move them into place together, give the reports."""
    reports = {}
    with step(session, "cli.step.writing"):
        from algo_audit.report.json import write_json
        from algo_audit.report.writing import write_document

        try:
            for language in languages:
                for name in documents:
                    made = _document(result, language, audience, name, answers)
                    if name == "report":
                        reports[language] = made
                    for kind in formats:
                        if written_as(name, kind):
                            place = delivery.path(document_name(name, language, kind))
                            write_document(made, place, kind=kind)
            if "json" in formats:
                write_json(result, delivery.path(JSON_NAME))
        except OSError as error:
            raise AuditError("cli.cannot_write", str(delivery.folder)) from error
    delivery.publish()
    return reports


def _document(
    result: AuditResult,
    language: Language,
    audience: Audience,
    name: str = "report",
    answers: Mapping[str, str] | None = None,
) -> Document:
    if name == "summary":
        from algo_audit.report.negotiation import build_summary

        return build_summary(result, language, audience=audience)
    if name == "form":
        from algo_audit.report.negotiation import build_form

        return build_form(result, language, audience=audience, answers=answers)
    from algo_audit.report.building import build_report

    return build_report(result, language, audience=audience)


def _findings(sections: Sequence[Section]) -> Iterator[Finding]:
    from algo_audit.report.document import Finding

    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Finding))
        yield from _findings(section.sections)


def tell_findings(
    session: Session,
    result: AuditResult,
    documents: Mapping[Language, Document],
    *,
    audience: Audience,
) -> None:
    """Print the first findings as this audience's report says them, small cells hidden."""
    language: Language = "fr" if session.language == "fr" else "en"
    document = documents.get(language) or _document(result, language, audience)
    found = list(_findings(document.sections))[:SAID_FIRST]
    if not found:
        return
    session.print(session.catalogue.counted("cli.findings", len(found)))
    for number, finding in enumerate(found, 1):
        session.print(f"{number}. {finding.headline} {finding.sureness}".rstrip())


def tell_files(
    session: Session, delivery: Delivery, names: Sequence[str], *, audience: Audience
) -> None:
    """Print what was written, and last of all who may receive what."""
    session.print()
    session.say("cli.written")
    for name in names:
        session.print(f"  {delivery.folder / name}")
    for name in delivery.left_alone():
        session.say("cli.left_alone", path=str(delivery.folder / name))
    reports = any(name != JSON_NAME for name in names)
    parts = [session.text(f"cli.who.{audience}")] if reports else []
    if JSON_NAME in names:
        parts.append(session.text("cli.who.json"))
    session.print(" ".join(parts))
