"""What every built-in case promises, whichever it is: a folder that is there is held to it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from algo_audit.audit import run_audit
from algo_audit.cases.anchors import load_anchor_file
from algo_audit.cases.case import builtin_case
from algo_audit.cases.datasets import dataset_path
from algo_audit.cases.folders import builtin_keys, case_folder, generator_of, story_of
from algo_audit.cases.truth import read_truth
from algo_audit.cases.vendor_model import (
    later_results,
    train,
    typed_inputs,
    vendor_case,
    vendor_decisions,
    vendor_model,
)
from algo_audit.cases.ways import FIXED, compare_ways
from algo_audit.cases.workshop_files import DocumentsFile, PackFile, VendorFile, holds, read_file
from algo_audit.errors import AuditError
from algo_audit.fairness.measures import MEASURES
from algo_audit.models.inputs import read_inputs
from algo_audit.models.opening import open_model

KEYS = builtin_keys()
LANGUAGES = ("fr", "en")


@pytest.fixture(scope="module", params=KEYS)
def key(request):
    return request.param


def test_the_folder_is_whole(key):
    """Whoever adds a case sees here what a workshop on it still lacks."""
    for part in (VendorFile, PackFile, DocumentsFile):
        assert holds(key, part), part
    assert builtin_case(key).study
    assert all(one.found for one in read_truth(key).planted)


def test_the_folder_holds_a_case(key):
    case = builtin_case(key)
    assert case.key == key
    assert case.path == dataset_path(key)
    inputs = set(case.roles.inputs)
    assert {column for criterion in case.criteria for column in criterion.inputs} == inputs
    levels = {level.level for level in load_anchor_file().intrusiveness}
    for criterion in case.criteria:
        assert criterion.intrusiveness in levels
        for language in LANGUAGES:
            assert criterion.text("purpose", language)
            assert criterion.text("source", language)
    for language in LANGUAGES:
        assert case.texts[language]["title"]
        assert case.texts[language]["story"]


def test_the_declaration_says_what_is_at_stake(key):
    study = builtin_case(key).study
    assert study is not None
    assert (case_folder(key) / study.truth).is_file()
    assert study.clauses
    assert study.measures
    assert set(study.measures) <= set(MEASURES) or builtin_case(key).roles.outcome_kind != "binary"
    assert len(study.actors) >= 3
    assert all(actor.name[one] and actor.stake[one] for actor in study.actors for one in LANGUAGES)


def test_the_shipped_file_is_what_the_generator_writes(key, tmp_path):
    made, truth = generator_of(key), read_truth(key)
    path = tmp_path / "again.csv"
    made.write(path)
    assert path.read_bytes() == dataset_path(key).read_bytes()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == truth.sha256
    assert (truth.rows, truth.seed) == (made.ROWS, made.SEED)
    assert (made.SMALLEST, made.LARGEST) == (200, 1_000_000)


def test_any_size_and_seed(key):
    made = generator_of(key)
    columns = list(pd.read_csv(dataset_path(key), sep=";", encoding="utf-8-sig", nrows=1).columns)
    for rows, seed in ((200, 1), (1500, 2)):
        table = made.generate(rows, seed=seed)
        assert len(table) == rows
        assert list(table.columns) == columns
    pd.testing.assert_frame_equal(made.generate(300, seed=5), made.generate(300, seed=5))
    for rows in (199, 1_000_001):
        with pytest.raises(ValueError, match=str(rows)):
            made.generate(rows)


@pytest.mark.parametrize("way", [key for key in KEYS if hasattr(generator_of(key), "ways")])
def test_the_keys_of_the_other_ways(way):
    for rows, seed in ((200, 1), (1500, 2)):
        keys = generator_of(way).ways(rows, seed=seed)
        assert len(keys) == rows
        assert keys["eligible"].dtype == bool
        assert keys["later"].dropna().between(0, 1).all()
        assert keys[["human", "first"]].notna().all(axis=None)


def test_the_graph_is_ordered_and_reads_every_switch(key):
    story = story_of(key)
    seen: set[str] = set()
    for variable in story.GRAPH:
        assert set(variable.parents) <= seen
        assert variable.name not in seen
        seen.add(variable.name)
    switches = {name for variable in story.GRAPH for name in variable.effects}
    assert switches == set(asdict(story.Effects()))
    assert all(asdict(story.Effects()).values())
    assert not any(asdict(story.Effects.none()).values())


def test_an_effect_changes_the_file(key):
    story, made = story_of(key), generator_of(key)
    whole = made.generate(2000, seed=3)
    for effect in asdict(story.Effects()):
        without = made.generate(2000, seed=3, effects=replace(story.Effects(), **{effect: False}))
        assert not whole.equals(without), effect


# --- what is planted ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def audited(key):
    """The audit of the shipped file, chapters on the model left out: none of them is judged."""
    case = builtin_case(key)
    decisions = case.read()
    roles = replace(case.roles, inputs=())
    return run_audit(replace(case, model=None), replace(decisions, roles=roles))


def test_every_effect_has_its_truth_and_the_audit_finds_it(key, audited):
    truth = read_truth(key)
    assert sorted(one.key for one in truth.planted) == sorted(asdict(story_of(key).Effects()))
    for one in truth.planted:
        assert one.found, one.key
        assert one.chapter, one.key
        for texts in (one.name, one.mechanism, one.shows, one.lesson):
            assert all(texts[language] for language in LANGUAGES)
    assert [one.key for one in truth.planted if not one.found_in(audited)] == []


def test_truth_of_an_unknown_case():
    with pytest.raises(AuditError) as caught:
        read_truth("recrutement")
    assert caught.value.code == "cases.truth_missing"
    assert caught.value.choices == KEYS


# --- the vendor's model ---------------------------------------------------------------------


def test_the_vendor_model_is_the_one_its_file_trains(key, tmp_path):
    """Under another version of the library the shipped file is not used, and this says so."""
    used = vendor_model(key, tmp_path)
    vendor = read_file(key, VendorFile)
    model = open_model(used.path)
    table = typed_inputs(generator_of(key).generate(2000, seed=4), vendor)
    rows = read_inputs(table, model.inputs, unseen_allowed=model.unseen_allowed)
    names = [one.name for one in model.inputs]
    assert sorted(names) == sorted(vendor.inputs)
    expected = train(key).decision_function(table)
    assert np.abs(model.score(rows.values) - expected).max() < 1e-9
    assert set(vendor.inputs).isdisjoint(builtin_case(key).roles.protected)


def test_under_another_version_the_model_is_trained_again(key, tmp_path, monkeypatch):
    monkeypatch.setattr("algo_audit.models.skops_file.installed_version", lambda: "0.0.1")
    used = vendor_model(key, tmp_path)
    assert used.path.parent == tmp_path
    assert used.replaced not in (None, "0.0.1")
    assert used.path.stat().st_size > 1000


def test_the_vendor_model_is_better_at_later_results(key):
    """Else nobody would be tempted; on people it never saw, whose later result is known."""
    case, vendor = builtin_case(key), read_file(key, VendorFile)
    table = generator_of(key).generate(40_000, seed=99)
    label = later_results(table, vendor)
    known = label >= 0
    rates = train(key).decision_function(typed_inputs(table, vendor))
    grid = table[case.roles.score].astype(float)
    better = roc_auc_score(label[known], rates[known])
    assert better > 0.01 + roc_auc_score(label[known], grid[known])


def test_the_vendor_model_does_harm_to_people_in_the_data(key, tmp_path):
    case, _ = vendor_case(builtin_case(key), tmp_path, rows=40_000, seed=98)
    decisions = case.read(compared=False)
    for harm in read_file(key, VendorFile).harms:
        column = decisions.protected[harm.attribute]
        ratio = _within_pools(
            decisions,
            column.codes == column.levels.index(harm.group),
            column.codes == column.levels.index(harm.reference),
        )
        assert ratio < harm.at_most, harm


def _within_pools(decisions, group, reference) -> float:
    """Mantel-Haenszel ratio of rates, within pools where there are any."""
    pool = np.zeros(len(group), dtype=int) if decisions.pool is None else decisions.pool.codes + 1
    size = pool.max() + 1
    n1, n0 = (np.bincount(pool[rows], minlength=size) for rows in (group, reference))
    taken = decisions.outcome == 1
    a, b = (np.bincount(pool[rows & taken], minlength=size) for rows in (group, reference))
    total = np.maximum(n1 + n0, 1)
    return float((a * n0 / total).sum() / (b * n1 / total).sum())


def test_the_vendor_log_holds_the_same_places(key, tmp_path):
    case, _ = vendor_case(builtin_case(key), tmp_path)
    before, after = builtin_case(key).read(compared=False), case.read(compared=False)
    assert after.outcome.sum() == before.outcome.sum()
    if before.pool is not None:
        for name, rows in (("before", before), ("after", after)):
            assert len(rows.pool.codes) == len(before.outcome), name
        places = [
            np.bincount(rows.pool.codes[rows.outcome == 1], minlength=len(rows.pool.levels))
            for rows in (before, after)
        ]
        assert (places[0] == places[1]).all()
    again = vendor_decisions(case, after)[1]
    assert (again == after.outcome).all()


# --- other ways ------------------------------------------------------------------------------


def test_the_fixed_rows_fill_the_same_places(key):
    found = {way.key: way for way in compare_ways(builtin_case(key))}
    assert set(FIXED) < set(found)
    today = found["today"]
    assert today.alike == 1
    for way in found.values():
        assert way.places == pytest.approx(today.places)
        assert 0 <= way.alike <= 1
        assert [(g.attribute, g.group, g.n) for g in way.groups] == [
            (g.attribute, g.group, g.n) for g in today.groups
        ]
        assert all(0 <= g.rate <= 1 for g in way.groups)
    # a learned model that did not beat a lottery would tempt nobody
    assert found["vendor"].later > found["lottery"].later
