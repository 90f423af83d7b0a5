"""``algo-audit explain FILE --person ID``: the sheet that one person receives."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from algo_audit.cli.delivery import Delivery
from algo_audit.cli.faults import TO_MEND
from algo_audit.cli.options import (
    AdviceOption,
    Checks,
    DateOption,
    DebugOption,
    EncodingOption,
    ForceOption,
    IdentifierOption,
    InputOption,
    LangOption,
    Language,
    ModelOption,
    OutOption,
    PaperFormatOption,
    RuleOption,
    SeedOption,
    SheetOption,
    read_employer,
    read_languages,
    read_paper_formats,
    read_rule,
    read_whole_number,
    required,
)
from algo_audit.cli.progress import step
from algo_audit.cli.session import Session, session_of
from algo_audit.cli.sheet_names import sheet_stems
from algo_audit.errors import AuditError
from algo_audit.report.writing import writer_of

if TYPE_CHECKING:
    from algo_audit.cases.case import Case
    from algo_audit.data.decisions import Decisions
    from algo_audit.explain.person import PersonExplanation
    from algo_audit.report.document import Document

# Options that say what an audit.toml says: not both.
_DESCRIBING = (
    "outcome", "favourable", "identifier", "inputs", "pool", "score", "advice", "date", "rule",
    "employer", "sheet", "encoding",
)  # fmt: skip
_OPTION_OF = {"inputs": "input"}
REQUEST = "documents-to-ask"
_LINE = re.compile(r"line:\d+")  # as in explain.find_person


@dataclass(frozen=True)
class _Wanted:
    """Whose sheets, in which languages and formats, and where."""

    people: tuple[str, ...]
    languages: tuple[Language, ...]
    formats: tuple[str, ...]
    folder: Path

    @property
    def by_line(self) -> bool:
        """Whether everybody is named by a line of the file."""
        return bool(self.people) and all(_LINE.fullmatch(one) for one in self.people)

    @property
    def stems(self) -> tuple[str, ...]:
        return sheet_stems(self.people)

    def names(self, stem: str) -> tuple[str, ...]:
        """Files of one sheet."""
        return tuple(f"{stem}.{one}.{kind}" for kind in self.formats for one in self.languages)


def explain(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="file", help="cli.explain.file")] = None,
    *,
    person: Annotated[
        list[str] | None, typer.Option(metavar="identifier", help="cli.explain.person")
    ] = None,
    model: ModelOption = None,
    outcome: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.outcome")] = None,
    favourable: Annotated[
        str | None, typer.Option(metavar="value", help="cli.audit.favourable")
    ] = None,
    identifier: IdentifierOption = None,
    inputs: InputOption = None,
    pool: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.pool")] = None,
    score: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.score")] = None,
    advice: AdviceOption = None,
    date: DateOption = None,
    rule: RuleOption = None,
    employer: Annotated[
        str | None, typer.Option(metavar="employer", help="cli.explain.employer")
    ] = None,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    seed: SeedOption = None,
    lang: LangOption = None,
    formats: PaperFormatOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Write the sheet of one person, or of several: one file for each."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    path = checks.value(lambda: required(file, session.text("cli.metavar.file")), "")
    wanted = _read_wanted(checks, session, person, lang, formats, out)
    number = checks.value(lambda: read_whole_number("--seed", seed, lowest=0), None)
    if path.lower().endswith(".toml"):
        for name in _DESCRIBING:
            if context.params[name]:
                checks.fault("cli.said_in_toml", f"--{_OPTION_OF.get(name, name)}", seen=path)
        checks.done()
        case = _case_from_toml(path, model, identified=wanted.by_line)
    else:
        roles = {
            "outcome": outcome, "favourable": favourable, "identifier": identifier,
            "inputs": tuple(inputs or ()), "pool": pool, "score": score, "advice": advice,
            "date": date,
        }  # fmt: skip
        told = {
            "rule": checks.value(lambda: read_rule(rule), None),
            "status": checks.value(lambda: read_employer(employer), None),
        }
        if outcome is None:
            checks.fault("cli.missing_outcome", "--outcome")
        if identifier is None and not wanted.by_line:
            checks.fault("cli.missing_identifier", "--identifier")
        checks.done()
        case = _case_from_options(path, roles, told, model=model, sheet=sheet, encoding=encoding)
    if number is not None:
        case = replace(case, policy=replace(case.policy, seed=number))
    _run(session, case, wanted, force=force)


def _read_wanted(
    checks: Checks,
    session: Session,
    person: list[str] | None,
    lang: list[str] | None,
    formats: str | None,
    out: str | None,
) -> _Wanted:
    people = tuple(dict.fromkeys(one.strip() for one in person or () if one.strip()))
    if not people:
        checks.fault("cli.missing_person", "--person")
    return _Wanted(
        people=people,
        languages=checks.value(lambda: read_languages(lang, (session.language,)), ()),
        formats=checks.value(lambda: read_paper_formats(formats), ()),
        folder=Path(checks.value(lambda: required(out, "--out"), ".")).expanduser(),
    )


def _case_from_toml(path: str, model: str | None, *, identified: bool) -> Case:
    from algo_audit.cases.case import load_case

    case = load_case(Path(path))
    if case.roles.identifier is None and not identified:
        raise AuditError("cli.identifier_not_declared", path)
    if model is None:
        return case
    if case.model is not None:
        raise AuditError("cli.said_in_toml", "--model", seen=path)
    return replace(case, model=Path(model).expanduser())


def _case_from_options(
    path: str,
    roles: Mapping[str, Any],
    told: Mapping[str, Any],
    *,
    model: str | None,
    sheet: str | None,
    encoding: str | None,
) -> Case:
    from algo_audit.cases.case import Case
    from algo_audit.data.policy import Policy
    from algo_audit.data.roles import Roles
    from algo_audit.data.rule import Rule

    case = Case.from_options(
        Path(path),
        Roles(**{name: value for name, value in roles.items() if value}),
        policy=Policy(status=told["status"] or "unknown"),
        sheet=sheet,
        encoding=encoding,
        model=None if model is None else Path(model).expanduser(),
    )
    return replace(case, rule=None if told["rule"] is None else Rule(*told["rule"]))


def _run(session: Session, case: Case, wanted: _Wanted, *, force: bool) -> None:
    if case.model is None:
        _ask(session, case, wanted, force=force)
        raise typer.Exit(TO_MEND)
    names = tuple(name for stem in wanted.stems for name in wanted.names(stem))
    with Delivery(wanted.folder, names, force=force) as delivery:
        decisions, people = _explained(session, case, wanted.people)
        with step(session, "cli.step.writing_sheets"):
            for person, stem in zip(people, wanted.stems, strict=True):
                _write(delivery, wanted, stem, _documents(case, decisions, person, wanted))
        delivery.publish()
    _tell(session, delivery, names)
    session.print(session.catalogue.counted("cli.explain.who", len(people)))


def _explained(
    session: Session, case: Case, people: Sequence[str]
) -> tuple[Decisions, tuple[PersonExplanation, ...]]:
    with step(session, "cli.step.reading"):
        decisions = case.read(compared=False)
    with step(session, "cli.step.explaining"):
        from algo_audit.data.limits import read_limits

        limits = read_limits()
        checks = Checks()
        checks.value(lambda: check_people(decisions, people), None)
        model = checks.value(lambda: case.open_model(limits=limits), None)
        checks.done()
        assert model is not None  # else a fault was raised
        from algo_audit.explain.person import explain_person

        return decisions, tuple(
            explain_person(
                decisions,
                model,
                one,
                rule=case.rule,
                criteria=case.criteria,
                actions=case.actions,
                status=case.policy.status,
                limits=limits,
                seed=case.policy.seed,
            )
            for one in people
        )


def check_people(decisions: Decisions, people: Sequence[str]) -> None:
    """Raise for everybody who is not in the file, or on several of its lines."""
    from algo_audit.explain.find_person import find_person

    checks = Checks()
    for one in people:
        checks.value(lambda one=one: find_person(decisions, one), None)  # type: ignore[misc]
    checks.done()


def _documents(
    case: Case, decisions: Decisions, person: PersonExplanation, wanted: _Wanted
) -> Iterator[Document]:
    from algo_audit import __version__
    from algo_audit.report.sheet import build_sheet

    for language in wanted.languages:
        yield build_sheet(
            person,
            language,
            source=decisions.source,
            status=case.policy.status,
            actions=case.actions,
            texts=case.texts,
            made_on=_today(),
            version=__version__,
        )


def _today() -> str:
    return dt.datetime.now().astimezone().date().isoformat()


def _write(delivery: Delivery, wanted: _Wanted, stem: str, documents: Iterator[Document]) -> None:
    try:
        for made in documents:
            for kind in wanted.formats:
                writer_of(kind)(made, delivery.path(f"{stem}.{made.language}.{kind}"))
    except OSError as error:
        raise AuditError("cli.cannot_write", str(delivery.folder)) from error


def _tell(session: Session, delivery: Delivery, names: Sequence[str]) -> None:
    session.say("cli.written")
    for name in names:
        session.print(f"  {delivery.folder / name}")


def _ask(session: Session, case: Case, wanted: _Wanted, *, force: bool) -> None:
    """Without the model: the list of documents to ask for, in place of the sheets."""
    names = wanted.names(REQUEST)
    with Delivery(wanted.folder, names, force=force) as delivery:
        with step(session, "cli.step.reading"):
            decisions = case.read(compared=False)
        check_people(decisions, wanted.people)
        with step(session, "cli.step.writing_sheets"):
            from algo_audit import __version__
            from algo_audit.report.sheet_documents import build_request

            documents = (
                build_request(
                    language,
                    source=decisions.source,
                    outcome=decisions.roles.outcome or "",
                    status=case.policy.status,
                    made_on=_today(),
                    version=__version__,
                )
                for language in wanted.languages
            )
            _write(delivery, wanted, REQUEST, documents)
        delivery.publish()
    session.complain(session.text("cli.explain.no_model"))
    _tell(session, delivery, names)
