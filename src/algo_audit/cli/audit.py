"""``algo-audit audit FILE``: from a file of decisions to reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from algo_audit.cli.delivery import Delivery, names_of
from algo_audit.cli.options import (
    DEFAULT_AUDIENCE,
    AdviceOption,
    AnswersOption,
    Audience,
    AudienceOption,
    Checks,
    DateOption,
    DebugOption,
    DocumentOption,
    EncodingOption,
    ForceOption,
    FormatOption,
    IdentifierOption,
    IndexCategoryOption,
    IndexOption,
    InputOption,
    LangOption,
    Language,
    LastStageOption,
    MarginAmountOption,
    ModelOption,
    OrderedOption,
    OutOption,
    PopulationOption,
    RuleOption,
    SeedOption,
    SeniorityOption,
    SheetOption,
    StageOption,
    WithdrawnOption,
    WorseOption,
    read_audience,
    read_cuts,
    read_documents,
    read_formats,
    read_index,
    read_languages,
    read_margin,
    read_margin_amount,
    read_pairs,
    read_questions,
    read_rule,
    read_whole_number,
    read_worse,
    required,
)
from algo_audit.cli.session import Session, session_of

if TYPE_CHECKING:
    from algo_audit.cases.case import Case

# Options that say what an audit.toml says: not both.
_DESCRIBING = (
    "outcome", "favourable", "protected", "stratum", "score", "label", "cluster", "pool", "pair",
    "weight", "count", "population", "cuts", "primary", "reference", "margin", "sheet", "encoding",
    "model", "inputs", "rule", "identifier", "advice", "seniority", "date",
    "stages", "last_stage", "withdrawn", "worse", "ordered", "margin_amount",
    "french_index", "index_category",
)  # fmt: skip
_OPTION_OF = {
    "inputs": "input",
    "stages": "stage",
    "last_stage": "last-stage",
    "margin_amount": "margin-amount",
    "french_index": "french-index",
    "index_category": "index-category",
}


@dataclass(frozen=True)
class _Delivering:
    """What to write, for whom and where."""

    languages: tuple[Language, ...]
    formats: tuple[str, ...]
    documents: tuple[str, ...]
    answers: str | None
    audience: Audience
    folder: Path


def audit(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="file", help="cli.audit.file")] = None,
    *,
    outcome: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.outcome")] = None,
    favourable: Annotated[
        str | None, typer.Option(metavar="value", help="cli.audit.favourable")
    ] = None,
    worse: WorseOption = None,
    ordered: OrderedOption = False,
    protected: Annotated[
        list[str] | None, typer.Option(metavar="column", help="cli.audit.protected")
    ] = None,
    stratum: Annotated[
        list[str] | None, typer.Option(metavar="column", help="cli.audit.stratum")
    ] = None,
    score: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.score")] = None,
    label: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.label")] = None,
    cluster: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.cluster")] = None,
    pool: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.pool")] = None,
    pair: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.pair")] = None,
    weight: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.weight")] = None,
    count: Annotated[str | None, typer.Option(metavar="column", help="cli.audit.count")] = None,
    population: PopulationOption = None,
    cuts: Annotated[list[str] | None, typer.Option(metavar="cuts", help="cli.audit.cuts")] = None,
    primary: Annotated[
        list[str] | None, typer.Option(metavar="question", help="cli.audit.primary")
    ] = None,
    reference: Annotated[
        list[str] | None, typer.Option(metavar="reference", help="cli.audit.reference")
    ] = None,
    margin: Annotated[str | None, typer.Option(metavar="ratio", help="cli.audit.margin")] = None,
    margin_amount: MarginAmountOption = None,
    french_index: IndexOption = None,
    index_category: IndexCategoryOption = None,
    model: ModelOption = None,
    inputs: InputOption = None,
    rule: RuleOption = None,
    identifier: IdentifierOption = None,
    advice: AdviceOption = None,
    seniority: SeniorityOption = None,
    date: DateOption = None,
    stages: StageOption = None,
    last_stage: LastStageOption = None,
    withdrawn: WithdrawnOption = None,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    seed: SeedOption = None,
    lang: LangOption = None,
    formats: FormatOption = None,
    documents: DocumentOption = None,
    answers: AnswersOption = None,
    audience: AudienceOption = DEFAULT_AUDIENCE,
    out: OutOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Audit a file of decisions, described by options or by an ``audit.toml``."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    path = checks.value(lambda: required(file, session.text("cli.metavar.file")), "")
    delivering = _read_delivering(checks, session, lang, formats, documents, answers, audience, out)
    number = checks.value(lambda: read_whole_number("--seed", seed, lowest=0), None)
    if path.lower().endswith(".toml"):
        given = {name: context.params[name] for name in _DESCRIBING if context.params[name]}
        for name in given:
            checks.fault("cli.said_in_toml", f"--{_OPTION_OF.get(name, name)}", seen=path)
        checks.done()
        case = _case_from_toml(path, seed=number)
    else:
        described: dict[str, Any] = {
            "outcome": outcome,
            "favourable": favourable,
            "protected": tuple(protected or ()),
            "strata": tuple(stratum or ()),
            "score": score,
            "label": label,
            "cluster": cluster,
            "pool": pool,
            "pair": pair,
            "weight": weight,
            "count": count,
            "bands": checks.value(lambda: read_cuts(cuts), {}),
            "identifier": identifier,
            "inputs": tuple(inputs or ()),
            "advice": advice,
            "seniority": seniority,
            "date": date,
            "stages": tuple(stages or ()),
            "last_stage": last_stage,
            "withdrawn": tuple(withdrawn or ()),
            "worse": checks.value(lambda: read_worse(worse), None),
            "outcome_kind": "ordered" if ordered else None,
        }
        settled = _settled(checks, protected or (), primary, reference, margin, margin_amount)
        settled |= _index(checks, french_index, index_category, seed=number)
        told = checks.value(lambda: read_rule(rule), None)
        _need(checks, described, population)
        checks.done()
        case = _case_from_options(path, described, settled, sheet=sheet, encoding=encoding)
        case = _with_files(case, model, told, population)
    _run(session, case, delivering, force=force)


def _index(
    checks: Checks, french_index: str | None, category: str | None, *, seed: int | None
) -> dict[str, Any]:
    return {
        "french_index": checks.value(lambda: read_index(french_index), None),
        "french_index_category": category,
        "seed": seed,
    }


def _settled(
    checks: Checks,
    protected: Sequence[str],
    primary: list[str] | None,
    reference: list[str] | None,
    margin: str | None,
    margin_amount: str | None,
) -> dict[str, Any]:
    """What was settled before looking, by its name in ``Policy``."""
    return {
        "margin": checks.value(lambda: read_margin(margin), None),
        "margin_amount": checks.value(lambda: read_margin_amount(margin_amount), None),
        "primary": checks.value(lambda: read_questions(primary, protected), ()),
        "reference": checks.value(lambda: read_pairs("--reference", reference, protected), {}),
    }


def _need(checks: Checks, described: Mapping[str, Any], population: str | None) -> None:
    """An audit needs a decision (or a register beside a list) and somebody to compare."""
    staged = described["stages"] or described["last_stage"]
    if (
        described["outcome"] is None
        and population is None
        and not staged
        and not described["score"]
    ):
        checks.fault("cli.missing_outcome", "--outcome")
    if population is not None and described["identifier"] is None:
        checks.fault("population.identifier_needed", "--identifier")
    if not described["protected"]:
        checks.fault("cli.missing_protected", "--protected")


def _case_from_toml(path: str, *, seed: int | None) -> Case:
    from algo_audit.cases.case import load_case

    case = load_case(Path(path))
    return case if seed is None else replace(case, policy=replace(case.policy, seed=seed))


def _with_files(
    case: Case,
    model: str | None,
    rule: tuple[Literal["threshold", "top_k"], float | None] | None,
    population: str | None,
) -> Case:
    """The case with what stands beside the decisions: a model, its rule, a register."""
    from algo_audit.data.rule import Rule

    return replace(
        case,
        model=None if model is None else Path(model).expanduser(),
        rule=None if rule is None else Rule(*rule),
        population=None if population is None else Path(population).expanduser(),
    )


def _case_from_options(
    path: str,
    described: Mapping[str, Any],
    settled: Mapping[str, Any],
    *,
    sheet: str | None,
    encoding: str | None,
) -> Case:
    from algo_audit.cases.case import Case
    from algo_audit.data.policy import Policy
    from algo_audit.data.roles import Roles

    return Case.from_options(
        Path(path),
        Roles(**({"outcome": None} | {name: value for name, value in described.items() if value})),
        policy=Policy(**{name: value for name, value in settled.items() if value is not None}),
        sheet=sheet,
        encoding=encoding,
    )


def _run(session: Session, case: Case, delivering: _Delivering, *, force: bool) -> None:
    from algo_audit.cli.running import compute, read, tell_files, tell_findings, write
    from algo_audit.report.word_answers import read_answers

    written = None if delivering.answers is None else read_answers(delivering.answers)
    names = names_of(delivering.languages, delivering.formats, delivering.documents)
    with Delivery(delivering.folder, names, force=force) as delivery:
        result = compute(session, case, read(session, case))
        documents = write(
            session,
            result,
            delivery,
            languages=delivering.languages,
            formats=delivering.formats,
            audience=delivering.audience,
            documents=delivering.documents,
            answers=written,
        )
    tell_findings(session, result, documents, audience=delivering.audience)
    tell_files(session, delivery, names, audience=delivering.audience)


def _read_delivering(
    checks: Checks,
    session: Session,
    lang: list[str] | None,
    formats: str | None,
    documents: str | None,
    answers: str | None,
    audience: str,
    out: str | None,
) -> _Delivering:
    reader = checks.value(lambda: read_audience(audience), DEFAULT_AUDIENCE)
    wanted = checks.value(lambda: read_documents(documents), ())
    if answers is not None and "form" not in wanted:
        checks.fault("cli.answers_without_form", "--answers", seen=answers)
    return _Delivering(
        languages=checks.value(lambda: read_languages(lang, (session.language,)), ()),
        formats=checks.value(lambda: read_formats(formats, reader), ()),
        documents=wanted,
        answers=answers,
        audience=reader,
        folder=Path(checks.value(lambda: required(out, "--out"), ".")).expanduser(),
    )
