"""Nobody else stands in a sheet: several people of the recruitment case, both languages."""

from __future__ import annotations

import re
from dataclasses import astuple, replace
from html import unescape
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from algo_audit.cases.case import Case, builtin_case
from algo_audit.data.limits import read_limits
from algo_audit.explain.person import PersonExplanation, explain_person
from algo_audit.report.html import render_html
from algo_audit.report.sheet import build_sheet

PEOPLE = 8
_DRAWN = re.compile(r"<style.*?</style>|<svg.*?</svg>|data:[^\"]*", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@pytest.fixture(scope="module")
def case() -> Case:
    grid = resources.files("algo_audit.cases") / "recruitment" / "grid.toml"
    return replace(builtin_case("recruitment"), model=Path(str(grid)))


@pytest.fixture(scope="module")
def decisions(case):
    return case.read()


@pytest.fixture(scope="module")
def people(case, decisions) -> list[PersonExplanation]:
    """Some people of the file: refused and taken, near the cut-off and far from it."""
    generator = np.random.default_rng(3)
    taken = np.flatnonzero(decisions.outcome == 1)
    refused = np.flatnonzero(decisions.outcome == 0)
    rows = [*generator.choice(taken, 2, replace=False),
            *generator.choice(refused, PEOPLE - 2, replace=False)]  # fmt: skip
    identifiers = decisions.table[case.roles.identifier]
    model = case.open_model()
    return [
        explain_person(
            decisions, model, identifiers.iloc[row], rule=case.rule, criteria=case.criteria,
            actions=case.actions, status=case.policy.status, limits=read_limits(), seed=1,
        )
        for row in rows
    ]  # fmt: skip


def own_numbers(value: object) -> set[float]:
    """Every number of an explanation, as it stands and as it may be rounded."""
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, (int, float)):
        return {round(abs(float(value)), digits) for digits in (0, 1, 2, 3)}
    if isinstance(value, str):
        return {float(number.replace(",", ".")) for number in _NUMBER.findall(value)}
    if isinstance(value, dict):
        return own_numbers(tuple(value.values()))
    return set().union(*(own_numbers(one) for one in value)) if value else set()


def text_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", _DRAWN.sub(" ", page)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_other_identifier_and_no_other_score(case, decisions, people, language) -> None:
    table = decisions.table
    everybody = set(table[case.roles.identifier])
    pools = table[case.roles.pool]
    for person in people:
        made = build_sheet(person, language, source=decisions.source, texts=case.texts)
        page = render_html(made)
        text = text_of(page)
        assert person.identifier in text
        tokens = set(re.findall(r"[\w-]+", text))
        assert tokens & everybody == {person.identifier}
        assert tokens & set(pools) <= {person.pool}
        mine = own_numbers(astuple(replace(person, needed=None)))
        row = int(np.flatnonzero(table[case.roles.identifier] == person.identifier)[0])
        rivals = np.flatnonzero(decisions.pool.codes == decisions.pool.codes[row])
        scores = {round(float(one), 2) for one in decisions.score[rivals]}
        foreign = {one for one in scores if one not in mine and one != int(one)}
        printed = {float(one.replace(",", ".")) for one in _NUMBER.findall(text)}
        assert not printed & foreign, person.identifier
    assert foreign  # there was something to betray


def test_what_is_lacking_is_rounded(people, decisions) -> None:
    """The last score taken cannot be read off: a step of points was added on top."""
    for person in people:
        if person.lacking is not None:
            assert person.lacking > 0
            assert not person.favourable
        else:
            assert person.favourable or person.model_favourable
