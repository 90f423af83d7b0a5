"""What holds for every built-in case that has its figures recomputed apart from the toolkit."""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict

import numpy as np
import pytest

from algo_audit.cases.anchors import load_anchor_file
from algo_audit.cases.case import builtin_case
from algo_audit.cases.datasets import dataset_path
from algo_audit.cases.folders import generator_of, story_of
from algo_audit.cases.truth import read_truth

from . import dispatch_facts, monitoring_facts

FACTS = {"dispatch": dispatch_facts, "monitoring": monitoring_facts}
CASES = sorted(FACTS)


@pytest.fixture(scope="module", params=CASES)
def key(request):
    return request.param


@pytest.fixture(scope="module")
def shipped(key):
    return FACTS[key].read_back(dataset_path(key))


@pytest.fixture(scope="module")
def computed(key, shipped):
    return {name: compute(shipped) for name, compute in FACTS[key].FACTS.items()}


def test_shipped_file_is_what_its_generator_writes(key, tmp_path):
    generator, truth = generator_of(key), read_truth(key)
    path = tmp_path / "again.csv"
    generator.write(path)
    assert path.read_bytes() == dataset_path(key).read_bytes()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == truth.sha256
    assert (truth.rows, truth.seed) == (generator.ROWS, generator.SEED)
    assert path.stat().st_size < 700_000


def test_file_has_the_habits_of_french_excel(key):
    raw = dataset_path(key).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert len(lines) == generator_of(key).ROWS + 2
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    assert not any(";-0;" in line or ";nan" in line or ";<NA>" in line for line in lines)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_data_sheet_names_every_column_and_cause(key, language):
    sheet = dataset_path(f"{key}.{language}.md").read_text(encoding="utf-8")
    # whichever space stands between thousands
    sheet = sheet.replace("\u202f", " ").replace("\xa0", " ")
    header = dataset_path(key).read_text(encoding="utf-8-sig").splitlines()[0]
    for name in header.split(";"):
        assert f"| `{name}` |" in sheet
    decided = builtin_case(key).read()
    chosen = int(decided.outcome.sum())
    written = f"{chosen:,}" if language == "en" else f"{chosen:,}".replace(",", " ")
    assert f"{written} " in sheet


def test_declaration_is_complete(key):
    case = builtin_case(key)
    assert {column for one in case.criteria for column in one.inputs} == set(case.roles.inputs)
    levels = {level.level for level in load_anchor_file().intrusiveness}
    for criterion in case.criteria:
        assert criterion.intrusiveness in levels
        for language in ("fr", "en"):
            assert criterion.text("purpose", language)
            assert criterion.text("source", language)
    assert all(case.texts[language]["story"] for language in ("fr", "en"))
    assert set(case.policy.reference) == set(case.roles.protected)


def test_graph_is_ordered_and_its_switches_are_the_effects(key):
    story = story_of(key)
    seen: set[str] = set()
    for variable in story.GRAPH:
        assert set(variable.parents) <= seen
        assert variable.name not in seen
        seen.add(variable.name)
    switches = {name for variable in story.GRAPH for name in variable.effects}
    assert switches == set(asdict(story.Effects()))
    assert not any(asdict(story.Effects.none()).values())
    assert {one.key for one in read_truth(key).planted} == switches


@pytest.mark.parametrize("rows", [0, 199, 1_000_001])
def test_rows_out_of_range_are_refused(key, rows):
    with pytest.raises(ValueError, match=str(rows)):
        generator_of(key).generate(rows)


@pytest.mark.parametrize("rows", [200, 201, 999])
def test_any_size_can_be_read_and_nothing_is_lost(key, rows):
    table = generator_of(key).generate(rows, seed=rows)
    assert len(table) == rows
    assert table.iloc[:, 0].is_unique


def test_truth_holds_the_figures_of_the_file(key, computed):
    for one in read_truth(key).planted:
        facts = {fact.key: fact for fact in one.facts}
        found = computed[one.key]
        # the truth may leave a p-value out, never a figure that nothing computes
        assert set(facts) <= set(found)
        assert {name for name in found if "p" not in name.split("_")} <= set(facts)
        for name, fact in facts.items():
            assert found[name] == pytest.approx(fact.value, abs=fact.tolerance), name


def test_shipped_file_shows_what_the_truth_says(key, computed):
    assert all(FACTS[key].found(computed).values())


def test_long_run_figures(key):
    truth, facts = read_truth(key), FACTS[key]
    rows = facts.drawn(generator_of(key), truth.long_run_rows, seed=truth.long_run_seed)
    for one in truth.planted:
        found = facts.FACTS[one.key](rows)
        for fact in one.facts:
            if fact.long_run is not None:
                assert found[fact.key] == pytest.approx(fact.long_run, abs=0.002), fact.key


def test_share_of_seeds_that_show_each_effect(key):
    """Six of the seeds told: none of the effects is a lucky draw."""
    facts, generator, draws = FACTS[key], generator_of(key), 6
    hits = dict.fromkeys(facts.FACTS, 0)
    for seed in range(20250630, 20250630 + draws):
        rows = facts.drawn(generator, generator.ROWS, seed=seed)
        found = facts.found({name: compute(rows) for name, compute in facts.FACTS.items()})
        for name, shown in found.items():
            hits[name] += shown
    for one in read_truth(key).planted:
        # three standard errors of a share seen in so many draws
        spread = 3 * math.sqrt(0.1 / draws)
        assert hits[one.key] / draws == pytest.approx(one.share_of_seeds, abs=spread), one.key


def test_with_nothing_planted_no_question_finds_more_than_chance(key):
    """The plain p-values of the named gaps, over 25 small files: 5 % and its chance."""
    facts, generator = FACTS[key], generator_of(key)
    none = story_of(key).Effects.none()
    seen: dict[str, list[float]] = {}
    for seed in range(25):
        rows = facts.drawn(generator, 800, seed=seed, effects=none)
        for name, value in facts.p_values(rows).items():
            seen.setdefault(name, []).append(value)
    for name, values in seen.items():
        # 25 draws: 5 % plus three Monte Carlo standard errors
        assert np.mean(np.array(values) < 0.05) < 0.181, name
