"""A case: what was decided on whom, by which rule, and what the parties settled beforehand.

``audit.toml`` *is* a case; the built-in cases are the same type, and the options of the command
line make an anonymous one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from algo_audit.cases.folders import DECLARATION, builtin_keys, case_folder
from algo_audit.cases.study import Study, study_of
from algo_audit.data.actions import Action
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.names import nearest
from algo_audit.data.policy import Policy, Question
from algo_audit.data.roles import Criterion, Roles
from algo_audit.data.rule import Rule
from algo_audit.errors import AuditError, raise_all

if TYPE_CHECKING:
    from algo_audit.cases.declaration import (
        ByLanguage,
        CriterionPart,
        Declaration,
        ShortByLanguage,
    )
    from algo_audit.data.decisions import Decisions
    from algo_audit.models.model import Model

_LANGUAGES = ("fr", "en")


def _no_texts() -> dict[str, dict[str, str]]:
    return {language: {"title": "", "story": ""} for language in _LANGUAGES}


@dataclass(frozen=True)
class Case:
    """Everything that an audit needs to know beside the rows themselves.

    Attributes
    ----------
    key : str
        Short name: of the built-in case, else of the file without folder and extension.
    path : Path
        The file of decisions.
    roles, policy, criteria, actions, rule
        What the columns are, what was settled beforehand, what the inputs are for, what a
        person can change about them, and how the score became a decision.
    model : Path or None
        File of the model, where there is one.
    compared_with : Path or None
        A scoring grid that could fill the same places: what the model gains over it is shown.
    sheet, encoding : str or None
        How to read the file; found out where None.
    population : Path or None
        Register of the eligible, where ``path`` is a list of the chosen.
    texts : mapping of language to mapping
        ``texts["fr"]["title"]``, ``["story"]``; "" where not given.
    study : Study or None
        What a workshop on the case needs, and an audit does not.
    """

    key: str
    path: Path
    roles: Roles
    policy: Policy = field(default_factory=Policy)
    criteria: tuple[Criterion, ...] = ()
    actions: tuple[Action, ...] = ()
    rule: Rule | None = None
    model: Path | None = None
    compared_with: Path | None = None
    sheet: str | None = None
    encoding: str | None = None
    population: Path | None = None
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=_no_texts)
    study: Study | None = None

    @classmethod
    def from_options(
        cls,
        path: str | PathLike[str],
        roles: Roles,
        *,
        policy: Policy | None = None,
        sheet: str | None = None,
        encoding: str | None = None,
        model: str | PathLike[str] | None = None,
    ) -> Case:
        """Make an anonymous case: a file and the roles of its columns.

        Parameters
        ----------
        path : path
            The file of decisions.
        roles : Roles
        policy : Policy, optional
            Our defaults unless given.
        sheet, encoding : str, optional
            How to read the file.
        model : path, optional
            File of the model.

        Returns
        -------
        Case
            Its key is the file's name without folder and extension.
        """
        path = Path(path)
        return cls(
            key=path.stem,
            path=path,
            roles=roles,
            policy=Policy() if policy is None else policy,
            model=None if model is None else Path(model),
            sheet=sheet,
            encoding=encoding,
        )

    def read(self, *, limits: Limits | None = None, compared: bool = True) -> Decisions:
        """Read the file of decisions; ``read_decisions`` says what ``compared`` does and raises."""
        from algo_audit.data.reading import read_decisions

        return read_decisions(
            self.path,
            self.roles,
            policy=self.policy,
            limits=limits,
            sheet=self.sheet,
            encoding=self.encoding,
            compared=compared,
            population=self.population,
        )

    def open_model(self, *, limits: Limits | None = None) -> Model | None:
        """Open the model's file, None where there is none; see ``models.opening.open_model``."""
        return self._opened(self.model, limits, self.rule)

    def open_compared(self, *, limits: Limits | None = None) -> Model | None:
        """Open the scoring grid that the model is compared with, None where there is none."""
        return self._opened(self.compared_with, limits, None)

    def _opened(self, path: Path | None, limits: Limits | None, rule: Rule | None) -> Model | None:
        if path is None:
            return None
        from algo_audit.models.opening import open_model

        return open_model(path, limits=read_limits() if limits is None else limits, rule=rule)


def load_case(path: str | PathLike[str], *, limits: Limits | None = None) -> Case:
    """Read an ``audit.toml``.

    Parameters
    ----------
    path : path
    limits : Limits, optional
        As ``limits.toml`` unless given.

    Returns
    -------
    Case
        ``[source] file`` and ``[model] path`` are taken from the folder of the ``audit.toml``.

    Raises
    ------
    AuditError
        All faults of the declaration together; codes start with ``case.``. The file of
        decisions itself is not opened.
    """
    path = Path(path)
    return _load(path, folder=path.parent, limits=limits)


def builtin_case(key: str) -> Case:
    """A built-in case, its data found wherever the package is installed.

    Raises
    ------
    AuditError
        ``cases.unknown``: no such case; ``choices`` lists those that there are.
    """
    from dataclasses import replace

    from algo_audit.cases.datasets import dataset_path

    folder = case_folder(key)
    case = _load(folder / DECLARATION, folder=folder, limits=None)
    return replace(case, key=key, path=dataset_path(case.path.name))


def builtin_cases() -> tuple[Case, ...]:
    """All built-in cases, by name."""
    return tuple(builtin_case(key) for key in builtin_keys())


def _load(path: Path, *, folder: Path, limits: Limits | None) -> Case:
    from algo_audit.cases.declaration import read_declaration

    limits = read_limits() if limits is None else limits
    declaration, text = read_declaration(
        path, largest_bytes=limits.reading.largest_declaration * 1000
    )
    faults = list(_contradictions(declaration, text, path))
    questions = _questions(declaration, text, path, faults)
    raise_all(faults)
    source, rule, model = declaration.source, declaration.rule, declaration.model
    return Case(
        key=path.stem,
        path=folder / Path(source.file).expanduser(),
        roles=_roles(declaration),
        policy=_policy(declaration, questions),
        criteria=criteria_of(declaration.criteria),
        actions=_actions(declaration),
        rule=None if rule is None else Rule(rule.kind, rule.value),
        model=None if model is None else _beside(folder, model.path),
        compared_with=None if model is None else _beside(folder, model.compared_with),
        sheet=source.sheet,
        encoding=source.encoding,
        population=_beside(folder, source.population),
        texts=declaration.texts.model_dump(),
        study=None if declaration.study is None else study_of(declaration.study),
    )


def _beside(folder: Path, named: str | None) -> Path | None:
    """A file named in an ``audit.toml``, taken from its folder."""
    return None if named is None else folder / Path(named).expanduser()


def criteria_of(declared: Iterable[CriterionPart]) -> tuple[Criterion, ...]:
    """Criteria as they are declared."""
    return tuple(
        Criterion(
            key=one.key,
            inputs=tuple(one.inputs),
            label=_by_language(one.label),
            purpose=_by_language(one.purpose),
            source=_by_language(one.source),
            intrusiveness=one.intrusiveness,
            actionable=one.actionable,
        )
        for one in declared
    )


def _text(value: object) -> str | None:
    """A declared value as a file may write it: ``true`` for a TOML boolean, ``1`` for 1.0."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _by_language(declared: str | ByLanguage | ShortByLanguage) -> str | dict[str, str]:
    return declared if isinstance(declared, str) else declared.model_dump()


def _roles(declaration: Declaration) -> Roles:
    given = declaration.roles.model_dump()
    for name in ("favourable", "label_favourable"):
        given[name] = _text(given[name])
    for name, value in given.items():
        if isinstance(value, list):
            given[name] = tuple(str(_text(one)) for one in value)
    bands = {column: tuple(part.cuts) for column, part in declaration.bands.items()}
    return Roles(**given, bands=bands)


def _actions(declaration: Declaration) -> tuple[Action, ...]:
    made = []
    for column, part in declaration.actions.items():
        given = part.model_dump(exclude={"order", "forbidden", "means"})
        means = dict.fromkeys(_LANGUAGES, part.means) if isinstance(part.means, str) else {}
        if not means and not isinstance(part.means, str):
            means = part.means.model_dump()
        forbidden = tuple((before, after) for before, after in part.forbidden)
        order = tuple(part.order)
        made.append(Action(column=column, **given, order=order, forbidden=forbidden, means=means))
    return tuple(made)


def _policy(declaration: Declaration, questions: tuple[Question, ...]) -> Policy:
    given = declaration.policy
    values = given.model_dump(exclude={"primary", "reference", "primary_chosen_on", "seed"})
    if given.seed is not None:
        values["seed"] = given.seed
    return Policy(
        **values,
        primary=questions,
        primary_chosen_on=str(given.primary_chosen_on),
        reference={name: str(_text(value)) for name, value in given.reference.items()},
    )


def parse_question(text: str) -> Question | None:
    """``sex``, ``sex*age`` or ``sex | job_family`` as a question; None when it is none."""
    attribute, bar, stratum = text.partition("|")
    columns = tuple(part.strip() for part in attribute.split("*"))
    if not all(columns) or (bar and not stratum.strip()) or "|" in stratum:
        return None
    return Question(columns, stratum.strip() if bar else None)


def _questions(
    declaration: Declaration, text: str, path: Path, faults: list[AuditError]
) -> tuple[Question, ...]:
    from algo_audit.cases.declaration import line_of

    where = f"{path}:{line_of(text, ('policy', 'primary'))}"
    found = []
    for written in declaration.policy.primary:
        # a column whose own name holds a star or a bar is meant when it is declared so
        if written in declaration.roles.protected:
            found.append(Question((written,)))
            continue
        question = parse_question(written)
        if question is None:
            faults.append(AuditError("case.not_a_question", where, seen=written))
        else:
            found.append(question)
    return tuple(found)


def _contradictions(declaration: Declaration, text: str, path: Path) -> Iterable[AuditError]:
    """Faults that one key alone does not show."""
    from algo_audit.cases.declaration import line_of

    def place(*location: str | int) -> str:
        return f"{path}:{line_of(text, location)}"

    for column, part in declaration.bands.items():
        if part.cuts != sorted(set(part.cuts)):
            where = place("bands", column, "cuts")
            yield AuditError("case.cuts_not_rising", where, seen=part.cuts, key=f"bands.{column}")
    keys: set[str] = set()
    inputs = declaration.roles.inputs
    for index, criterion in enumerate(declaration.criteria):
        if criterion.key in keys:
            where = place("criteria", index, "key")
            yield AuditError("case.criterion_twice", where, seen=criterion.key)
        keys.add(criterion.key)
        for column in criterion.inputs:
            if column not in inputs:
                where = place("criteria", index, "inputs")
                choices = nearest(column, inputs)
                yield AuditError(
                    "case.criterion_input_missing", where, seen=column, choices=choices
                )
    for column, action in declaration.actions.items():
        if column not in inputs:
            where = place("actions", column)
            yield AuditError(
                "case.action_input_missing", where, seen=column, choices=nearest(column, inputs)
            )
        if action.low is not None and action.high is not None and action.low > action.high:
            where = place("actions", column, "low")
            yield AuditError("case.action_bounds", where, seen=action.low, high=action.high)
    rule = declaration.rule
    if rule is not None and rule.kind == "threshold" and rule.value is None:
        yield AuditError("case.rule_value_needed", place("rule", "kind"))
    if rule is not None and rule.kind == "top_k" and rule.value is not None and rule.value < 1:
        yield AuditError("case.rule_value_low", place("rule", "value"), seen=rule.value)
