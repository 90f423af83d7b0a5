"""The chapters on a model give no small count away, alone or beside all other tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from algo_audit.data.disclosure import Rule
from algo_audit.explain.chapter import ModelChapters
from algo_audit.explain.effects import EffectCurve, EffectPoint
from algo_audit.explain.gap import GapDecomposition, GapPart, Proxy
from algo_audit.explain.importance import GridLine
from algo_audit.explain.recourse import GroupRecourse, RecourseOverview
from algo_audit.explain.replay import Replay
from algo_audit.explain.staircase import Staircase, Step
from algo_audit.explain.surrogate import (
    Condition,
    Fidelity,
    GroupFidelity,
    ReadableRule,
    ReadableRules,
)
from algo_audit.explain.worth import Association, Worth
from algo_audit.fairness.comparison import Estimate
from algo_audit.fairness.scores import Labels
from algo_audit.models.inputs import Input
from algo_audit.models.model import ModelDescription
from algo_audit.report.masked_partitions import hidden_parts
from algo_audit.report.privacy import masked

from .joint_file import STRATUM, JointFile, Reader, result_of
from .test_disclosure_attack import THRESHOLD, files, small_counts

CALM = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
NOBODY = Estimate(None)


def share(n: int, events: int) -> Estimate:
    return Estimate(events / n if n else None, 0.0, 1.0, n)


def _levels(file: JointFile, levels: set[int] | None) -> tuple[int, int]:
    return file.pair(file.where((), (), levels))


def _by_group(file: JointFile) -> list[tuple[str, str, int, int]]:
    """(attribute, group, people, chosen) of every group in which somebody is."""
    rows = [
        (name, str(group), *file.pair(file.where((name,), ({place},), None)))
        for name in file.attributes
        for place, group in enumerate(file.groups(name)[:-1])
    ]
    return [row for row in rows if row[2]]


def _gaps(rows) -> tuple[list[GapDecomposition], list[Staircase]]:
    """Every group against the largest of its attribute."""
    gaps, stairs = [], []
    for name in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == name]
        _, reference, m, others = max(own, key=lambda row: row[2])
        for _, group, n, events in own:
            if group == reference:
                continue
            raw, names = Estimate(events / n - others / m, -1.0, 1.0), (name, group, reference)
            parts = (GapPart("x", raw),)
            gaps.append(
                GapDecomposition(
                    *names, "selection_rate", "pooled", n, m, raw, parts, 0.0, False, "exact"
                )
            )
            stairs.append(Staircase(*names, n, m, raw, (Step("pools", raw, "rule"),)))
    return gaps, stairs


def _rules(file: JointFile, fidelity: Fidelity) -> ReadableRules:
    """Two leaves: every other level of the stratum, and the rest with those unknown."""
    half = {i for i in range(file.table.shape[-2] - 1) if i % 2}
    leaves = (_levels(file, half), _levels(file, set(range(file.table.shape[-2])) - half))
    rules = tuple(
        ReadableRule((Condition(STRATUM, "in", levels=(str(i),)),), True, *pair)
        for i, pair in enumerate(leaves)
        if pair[0]
    )
    return ReadableRules("log", rules, fidelity)


def _recourse(refused: int, rows) -> RecourseOverview:
    everyone = GroupRecourse(None, None, refused, share(refused, 0), NOBODY)
    groups = [
        GroupRecourse(name, group, n - e, share(n - e, n - e), NOBODY) for name, group, n, e in rows
    ]
    return RecourseOverview(refused, refused, (everyone, *groups), (), (("out_of_reach", refused),))


def model_of(file: JointFile) -> ModelChapters:
    """Every table of counts that a model's chapters hold, all about the same people.

    Being chosen stands for every yes or no: reproduced by the model, good later result.
    """
    people, chosen = _levels(file, None)
    counted = [(str(file.levels[i]), *_levels(file, {i})) for i in range(file.table.shape[-2] - 1)]
    counted = [row for row in counted if row[1]]
    rows, whole = _by_group(file), share(people, chosen)
    agreements = tuple(GroupFidelity(name, group, share(n, e)) for name, group, n, e in rows)
    gaps, stairs = _gaps(rows)
    lines = tuple(
        GridLine(STRATUM, STRATUM, "levels", name, 1.0, people=n, mean_points=1.0, deciding=e)
        for name, n, e in counted
    )
    points = tuple(EffectPoint(name, 0.5, n) for name, n, _ in counted)
    known = [Association(None, None, people, chosen, whole)]
    known += [Association(name, group, n, e, share(n, e)) for name, group, n, e in rows]
    return ModelChapters(
        description=ModelDescription(
            "scoring_grid", "g", "points", "additive_points", (Input(STRATUM, "category"),), None
        ),
        fidelity=None,
        leaks=(),
        replay=Replay(people, 0, 0, None, whole, None, people - chosen, 0, 0, "top_k", agreements),
        importance=(),
        lines=lines,
        effects=(EffectCurve(STRATUM, STRATUM, "category", "pdp", points),),
        monotonicity=(),
        rules=_rules(file, Fidelity(people, whole, 0.5, whole, agreements)),
        gaps=tuple(gaps),
        proxies=tuple(
            Proxy(name, group, None, share(people, n), False) for name, group, n, _ in rows
        ),
        staircases=tuple(stairs),
        worth=Worth("everyone", "later", tuple(known), 1.0, whole, ()),
        recourse=_recourse(people - chosen, rows),
        stability=None,
    )


class ModelReader(Reader):
    """Reads the tables of the model's chapters too."""

    def __init__(self, file: JointFile, shown) -> None:
        super().__init__(file, shown)
        model = shown.result.model
        for row in (*model.replay.by_group, *model.rules.fidelity.by_group):
            if row.agreement.n is not None and row.agreement.value is not None:
                n = row.agreement.n
                self._group(row.attribute, row.group, n, round(row.agreement.value * n))
        for row in model.worth.associations:
            if row.attribute is not None and row.n is not None:
                self._group(row.attribute, row.group, row.n, row.events)
        for row in model.recourse.groups:
            if row.attribute is not None and row.refused is not None:
                mask = self._mask(row.attribute, row.group)
                flat = mask.ravel().astype(float)
                self.rows.append(np.concatenate([flat, np.zeros_like(flat)]))
                self.values.append(float(row.refused))
        for row in model.staircases:
            for group, n in ((row.group, row.n), (row.reference, row.n_reference)):
                line = next(
                    r
                    for r in shown.result.groups
                    if (r.attribute, r.group) == (row.attribute, group)
                )
                # a line that holds hidden people says how many it holds, and no more
                assert n == line.n
        # levels of a stratum: the tables of the strata count them, and these do not
        assert all(line.people is None and line.deciding is None for line in model.lines)
        assert all(point.people is None for point in model.effects[0].points)

    def _mask(self, attribute: str, group: str) -> np.ndarray:
        place = self.file.groups(attribute).index(group)
        return self.file.where((attribute,), ({place},), None)

    def _group(self, attribute: str, group: str, n: int, events: int) -> None:
        self._know(self._mask(attribute, group), n, events)


@pytest.mark.parametrize("audience", ["committee", "public"])
@CALM
@given(file=files)
def test_no_small_count_can_be_worked_out_with_a_model(audience, file):
    """What test_disclosure_attack holds of the other tables, these chapters do not undo."""
    labels = Labels("later", *(int(file.table.sum()),) * 2, 0, 0, 0, "everyone")
    result = replace(result_of(file), model=model_of(file), labels=labels)
    shown = masked(result, audience)
    without, reader = Reader(file, shown), ModelReader(file, shown)
    people, chosen = file.pair(np.ones(file.table.shape[:-1], dtype=bool))
    whole = {"n": people, "events": chosen, "refused": people - chosen}
    for small in small_counts(file, audience):
        enough = min(THRESHOLD[audience], whole[small.count])
        low, high = reader.bounds(small.mask, small.count)
        assert low - 1e-6 <= small.value <= high + 1e-6
        if high < enough - 1e-6:
            # no more than the other tables gave away already
            assert (low, high) == pytest.approx(without.bounds(small.mask, small.count), abs=1e-5)


@CALM
@given(file=files)
def test_the_reader_of_a_model_knows_everything_when_nothing_is_hidden(file):
    result = replace(result_of(file), model=model_of(file))
    full = masked(result, "full").result.model
    assert full is result.model
    assert all(row.agreement.n for row in full.replay.by_group)


parts = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda p: (max(p), min(p))),
    min_size=1,
    max_size=9,
)


@settings(max_examples=200, deadline=None)
@given(parts=parts, rest=st.integers(0, 12), decisions=st.booleans())
def test_a_hidden_part_is_not_what_is_left(parts, rest, decisions):
    """Lines of a criterion, leaves of a tree: what is left of the whole is never one small part."""
    rule = Rule(5, decisions=decisions)
    n, events = (sum(column) for column in zip(*parts, strict=True))
    gone = hidden_parts(parts, (n + rest, events), rule)
    small = rule.small(*np.array(parts, dtype=np.int64).T)
    assert gone[small].all()
    if not (small & gone).any():
        return
    left = n + rest - sum(pair[0] for pair, one in zip(parts, gone, strict=True) if not one)
    # whoever is left over together could be k people, unless nobody more is there to hide
    assert left >= 5 or gone.all() or (np.array(parts)[~gone, 0] == 0).all()
    for pair, one in zip(parts, gone, strict=True):
        if one and 0 < pair[0] < 5 and not gone.all():
            others = left - pair[0]
            assert others >= 1


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([3, 40, 50, 60], [True, True, False, False]),
        ([3, 4, 50, 60], [True, True, False, False]),
        ([1, 2, 50, 60], [True, True, True, False]),
        ([40, 50, 60], [False, False, False]),
    ],
)
def test_the_smallest_others_are_hidden_with_a_small_one(counts, expected):
    gone = hidden_parts([(n, 0) for n in counts], (sum(counts), 0), Rule(5))
    assert gone.tolist() == expected
