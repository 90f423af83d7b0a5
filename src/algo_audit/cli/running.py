"""From a case to files and printed lines: the steps that several commands share.

The rooms below are imported inside the functions: ``--help`` and a mistyped option must
not wait for pandas and matplotlib.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from algo_audit.cli.delivery import JSON_NAME, Delivery, report_name
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
    with step(session, "cli.step.computing"):
        from algo_audit.audit import run_audit

        return run_audit(case, decisions)


def write(
    session: Session,
    result: AuditResult,
    delivery: Delivery,
    *,
    languages: Sequence[Language],
    formats: Sequence[str],
    audience: Audience,
) -> dict[Language, Document]:
    """Write the reports and ``audit.json``, move them into place together, give the reports."""
    documents = {}
    with step(session, "cli.step.writing"):
        from algo_audit.report.html import write_html
        from algo_audit.report.json import write_json

        try:
            if "html" in formats:
                for language in languages:
                    documents[language] = _document(result, language, audience)
                    path = delivery.path(report_name(language, "html"))
                    write_html(documents[language], path)
            if "json" in formats:
                write_json(result, delivery.path(JSON_NAME))
        except OSError as error:
            raise AuditError("cli.cannot_write", str(delivery.folder)) from error
    delivery.publish()
    return documents


def _document(result: AuditResult, language: Language, audience: Audience) -> Document:
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
