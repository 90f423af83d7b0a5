"""Options that several commands share, and their values once checked.

Every option reaches a command as text: what it means is checked here, so that each fault
is one of ours, in the reader's language, and all of them are told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar, cast

import typer

from algo_audit.errors import AuditError, raise_all
from algo_audit.i18n.catalogue import LANGUAGES

if TYPE_CHECKING:
    from algo_audit.data.policy import EmployerStatus, Question

Audience = Literal["full", "committee", "public"]
Language = Literal["fr", "en"]
DEFAULT_AUDIENCE: Audience = "committee"
EMPLOYERS = ("public", "private", "unknown")
AUDIENCES: tuple[Audience, ...] = ("committee", "full", "public")
FORMATS = ("html", "pdf", "docx", "xlsx", "csv", "json")
DEFAULT_FORMATS = ("html", "json")
PAPER_FORMATS = ("html", "pdf", "docx")
DOCUMENTS = ("report", "summary", "form")
DEFAULT_DOCUMENTS = ("report", "summary")

LangOption = Annotated[
    list[str] | None, typer.Option("--lang", metavar="lang", help="cli.option.lang")
]
AudienceOption = Annotated[
    str, typer.Option("--audience", metavar="audience", help="cli.option.audience")
]
OutOption = Annotated[str | None, typer.Option("--out", metavar="folder", help="cli.option.out")]
ForceOption = Annotated[bool, typer.Option("--force", help="cli.option.force")]
DebugOption = Annotated[bool, typer.Option("--debug", help="cli.option.debug")]
SeedOption = Annotated[str | None, typer.Option("--seed", metavar="number", help="cli.option.seed")]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", metavar="sheet", help="cli.option.sheet")
]
FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="formats", help="cli.option.format")
]
RenderedFormatOption = Annotated[
    str | None,
    typer.Option("--format", metavar="rendered_formats", help="cli.option.format.rendered"),
]
PaperFormatOption = Annotated[
    str | None, typer.Option("--format", metavar="paper_formats", help="cli.option.format.paper")
]
DocumentOption = Annotated[
    str | None, typer.Option("--document", metavar="documents", help="cli.option.document")
]
AnswersOption = Annotated[
    str | None, typer.Option("--answers", metavar="docx", help="cli.option.answers")
]
PopulationOption = Annotated[
    str | None, typer.Option("--population", metavar="file", help="cli.audit.population")
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", metavar="encoding", help="cli.option.encoding")
]
ModelOption = Annotated[
    str | None, typer.Option("--model", metavar="path", help="cli.option.model")
]
InputOption = Annotated[
    list[str] | None, typer.Option("--input", metavar="column", help="cli.option.input")
]
IdentifierOption = Annotated[
    str | None, typer.Option("--identifier", metavar="column", help="cli.option.identifier")
]
AdviceOption = Annotated[
    str | None, typer.Option("--advice", metavar="column", help="cli.option.advice")
]
SeniorityOption = Annotated[
    str | None, typer.Option("--seniority", metavar="column", help="cli.option.seniority")
]
StageOption = Annotated[
    list[str] | None, typer.Option("--stage", metavar="column", help="cli.option.stage")
]
LastStageOption = Annotated[
    str | None, typer.Option("--last-stage", metavar="column", help="cli.option.last_stage")
]
WithdrawnOption = Annotated[
    list[str] | None, typer.Option("--withdrawn", metavar="value", help="cli.option.withdrawn")
]
WorseOption = Annotated[
    str | None, typer.Option("--worse", metavar="worse", help="cli.audit.worse")
]
OrderedOption = Annotated[bool, typer.Option("--ordered", help="cli.audit.ordered")]
MarginAmountOption = Annotated[
    str | None, typer.Option("--margin-amount", metavar="amount", help="cli.audit.margin_amount")
]
IndexOption = Annotated[
    str | None,
    typer.Option("--french-index", metavar="french_index", help="cli.audit.french_index"),
]
IndexCategoryOption = Annotated[
    str | None,
    typer.Option("--index-category", metavar="column", help="cli.audit.index_category"),
]
DateOption = Annotated[str | None, typer.Option("--date", metavar="column", help="cli.option.date")]
RuleOption = Annotated[str | None, typer.Option("--rule", metavar="rule", help="cli.option.rule")]

_Value = TypeVar("_Value")
_Other = TypeVar("_Other")


class Checks:
    """Collects the faults of several options, to tell them all at once."""

    def __init__(self) -> None:
        self._faults: list[AuditError] = []

    def value(self, read: Callable[[], _Value], otherwise: _Other) -> _Value | _Other:
        """The value read, or ``otherwise`` where reading it found a fault (told by ``done``)."""
        try:
            return read()
        except AuditError as error:
            self._faults.extend(error.faults)
            return otherwise

    def fault(
        self, code: str, where: str = "", *, seen: object = None, choices: Sequence[str] = ()
    ) -> None:
        """Note a fault."""
        self._faults.append(AuditError(code, where, seen=seen, choices=choices))

    def done(self) -> None:
        """Raise all that was noted."""
        raise_all(self._faults)


def _one_of(option: str, value: str, choices: Sequence[str]) -> str:
    lowered = value.strip().lower()
    if lowered not in choices:
        raise AuditError("cli.not_a_choice", option, seen=value, choices=choices)
    return lowered


def read_languages(values: Iterable[str] | None, default: Sequence[str]) -> tuple[Language, ...]:
    """Languages to write, in the order asked for; ``fr,en`` is accepted too."""
    asked = [part for value in values or () for part in value.split(",") if part.strip()]
    checks = Checks()
    found = [checks.value(lambda v=v: _one_of("--lang", v, LANGUAGES), "") for v in asked]  # type: ignore[misc]
    checks.done()
    return cast("tuple[Language, ...]", tuple(dict.fromkeys(found or default)))


def read_audience(value: str) -> Audience:
    """``committee``, ``full`` or ``public``."""
    return cast("Audience", _one_of("--audience", value, AUDIENCES))


def read_formats(value: str | None, audience: Audience) -> tuple[str, ...]:
    """Formats to write: those asked for, or all that this audience may receive."""
    if value is None:
        # audit.json is unmasked, so it never goes out with a public report.
        return tuple(one for one in DEFAULT_FORMATS if one != "json" or audience != "public")
    asked = _asked_formats(value, FORMATS)
    if audience == "public" and "json" in asked:
        raise AuditError("cli.json_not_public", "--format")
    return asked


def read_documents(value: str | None) -> tuple[str, ...]:
    """Documents to write: those asked for, else the report and its summary."""
    if value is None:
        return DEFAULT_DOCUMENTS
    asked = [part.strip().lower() for part in value.split(",") if part.strip()]
    unknown = [one for one in asked if one not in DOCUMENTS]
    if unknown or not asked:
        seen = unknown or value
        raise AuditError("cli.unknown_document", "--document", seen=seen, choices=DOCUMENTS)
    return tuple(dict.fromkeys(asked))


def read_rendered_formats(value: str | None) -> tuple[str, ...]:
    """Formats of what is made from ``audit.json``: those asked for, else HTML; never json."""
    if value is None:
        return ("html",)
    if "json" in [part.strip().lower() for part in value.split(",")]:
        raise AuditError("cli.json_not_rendered", "--format", seen="json")
    return _asked_formats(value, tuple(one for one in FORMATS if one != "json"))


def read_paper_formats(value: str | None) -> tuple[str, ...]:
    """Formats of what is printed and handed over: those asked for, else HTML."""
    return ("html",) if value is None else _asked_formats(value, PAPER_FORMATS)


def _asked_formats(value: str, known: Sequence[str]) -> tuple[str, ...]:
    asked = [part.strip().lower() for part in value.split(",") if part.strip()]
    unknown = [one for one in asked if one not in known]
    if unknown or not asked:
        raise AuditError("cli.unknown_format", "--format", seen=unknown or value, choices=known)
    return tuple(dict.fromkeys(asked))


def read_employer(value: str | None) -> EmployerStatus | None:
    """``public``, ``private`` or ``unknown``; None where the option was not given."""
    if value is None:
        return None
    return cast("EmployerStatus", _one_of("--employer", value, EMPLOYERS))


def read_rule(value: str | None) -> tuple[Literal["threshold", "top_k"], float | None] | None:
    """``threshold=70``, ``top_k`` or ``top_k=4``, as in ``[rule]``: kind and value."""
    if value is None:
        return None
    kind, equals, number = (part.strip() for part in value.partition("="))
    if kind == "threshold" and number:
        return "threshold", read_number("--rule", number)
    if kind == "top_k" and not equals:
        return "top_k", None
    if kind == "top_k":
        places = read_whole_number("--rule", number, lowest=1)
        return "top_k", None if places is None else float(places)
    raise AuditError("cli.not_a_rule", "--rule", seen=value)


def read_whole_number(option: str, value: str | None, *, lowest: int) -> int | None:
    """A whole number of at least ``lowest``, or None where the option was not given."""
    if value is None:
        return None
    compact = "".join(value.split())
    if not compact.lstrip("-").isdecimal() or int(compact) < lowest or int(compact) >= 2**63:
        raise AuditError("cli.not_a_whole_number", option, seen=value, lowest=lowest)
    return int(compact)


def read_number(option: str, value: str) -> float:
    """A number, with a decimal point or a French comma."""
    try:
        number = float("".join(value.split()).replace(",", "."))
    except ValueError:
        raise AuditError("cli.not_a_number", option, seen=value) from None
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 (NaN)
        raise AuditError("cli.not_a_number", option, seen=value)
    return number


def read_margin(value: str | None) -> float | None:
    """The ratio under which a gap counts as large: strictly between 0 and 1."""
    if value is None:
        return None
    number = read_number("--margin", value)
    if not 0 < number < 1:
        raise AuditError("cli.margin_outside", "--margin", seen=value)
    return number


def read_worse(value: str | None) -> Literal["low", "high"] | None:
    """Which end of a numeric outcome is worse for the person; None: the outcome is a decision."""
    if value is None:
        return None
    return cast("Literal['low', 'high']", _one_of("--worse", value, ("low", "high")))


def read_index(value: str | None) -> Literal["promotion", "raise"] | None:
    """What the French equality index would call the outcome; None: it is not asked for."""
    if value is None:
        return None
    return cast(
        "Literal['promotion', 'raise']", _one_of("--french-index", value, ("promotion", "raise"))
    )


def read_margin_amount(value: str | None) -> float | None:
    """A difference held to be small, in the outcome's unit: ``100``, ``100 €``, ``2 %``."""
    if value is None:
        return None
    text = value.strip()
    percent = text.endswith("%")
    bare = text.strip("€%").removesuffix("EUR").removesuffix("euros")
    number = read_number("--margin-amount", bare) / (100 if percent else 1)
    if number <= 0:
        raise AuditError("cli.margin_amount_outside", "--margin-amount", seen=value)
    return number


def read_pairs(
    option: str, values: Iterable[str] | None, names: Sequence[str] = ()
) -> dict[str, str]:
    """``NAME=VALUE`` options; a name in ``names`` may itself hold an equals sign."""
    pairs: dict[str, str] = {}
    checks = Checks()
    for value in values or ():
        known = max((n for n in names if value.startswith(f"{n}=")), key=len, default=None)
        name, equals, rest = (
            (known, "=", value[len(known) + 1 :]) if known else value.partition("=")
        )
        if not equals or not name.strip() or not rest.strip():
            checks.fault("cli.not_a_pair", option, seen=value)
        elif name.strip() in pairs:
            checks.fault("cli.given_twice", option, seen=name.strip())
        else:
            pairs[name.strip()] = rest.strip()
    checks.done()
    return pairs


def read_cuts(values: Iterable[str] | None) -> dict[str, tuple[float, ...]]:
    """``COL=30,40,50``: rising lower bounds of the second and later bands."""
    cuts: dict[str, tuple[float, ...]] = {}
    checks = Checks()
    for name, text in read_pairs("--cuts", values).items():
        parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
        numbers = tuple(checks.value(lambda p=p: read_number("--cuts", p), 0.0) for p in parts)  # type: ignore[misc]
        if list(numbers) != sorted(set(numbers)):
            checks.fault("cli.cuts_not_rising", "--cuts", seen=f"{name}={text}")
        cuts[name] = numbers
    checks.done()
    return cuts


def read_questions(values: Iterable[str] | None, protected: Sequence[str]) -> tuple[Question, ...]:
    """``sex``, ``sex*age`` or ``sex | job_family``, as in ``[policy] primary``."""
    from algo_audit.cases.case import parse_question
    from algo_audit.data.policy import Question

    questions = []
    checks = Checks()
    for value in values or ():
        # A column whose own name holds a star or a bar is meant when it is declared so.
        question = Question((value,)) if value in protected else parse_question(value)
        if question is None:
            checks.fault("cli.not_a_question", "--primary", seen=value)
        else:
            questions.append(question)
    checks.done()
    return tuple(questions)


def required(value: str | None, name: str) -> str:
    """A value that the command cannot do without."""
    if value is None or not value.strip():
        raise AuditError("cli.missing", name)
    return value
