"""A scoring grid named beside the model: the same places filled by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from algo_audit.audit import run_audit
from algo_audit.cases.case import load_case

GRID = """\
schema = "algo-audit/grid-1"
title = "{name}"

[rule]
kind = "top_k"

[[criteria]]
key = "{name}"
input = "{name}"
per_unit = {{ points = 1, from = 0, to = 100 }}
"""


def _two_grids(folder: Path) -> Path:
    rng = np.random.default_rng(5)
    people = 240
    table = pd.DataFrame(
        {
            "poste": np.arange(people) // 24,
            "sexe": rng.choice(["F", "H"], people),
            "test": rng.permutation(people) % 97 + rng.random(people).round(3),
            "entretien": rng.permutation(people) % 89 + rng.random(people).round(3),
        }
    )
    best = table.groupby("poste")["test"].rank(ascending=False) <= 6
    table["decision"] = np.where(best, "oui", "non")
    table["bilan"] = np.where(rng.random(people) < table["entretien"] / 100, "bon", "faible")
    table.to_csv(folder / "decisions.csv", index=False)
    for name in ("test", "entretien"):
        (folder / f"{name}.toml").write_text(GRID.format(name=name), encoding="utf-8")
    path = folder / "audit.toml"
    path.write_text(
        'schema = "algo-audit/1"\n[source]\nfile = "decisions.csv"\n[roles]\n'
        'outcome = "decision"\nfavourable = "oui"\nprotected = ["sexe"]\npool = "poste"\n'
        'label = "bilan"\nlabel_favourable = "bon"\ninputs = ["test"]\n'
        '[rule]\nkind = "top_k"\n'
        '[model]\npath = "test.toml"\ncompared_with = "entretien.toml"\n',
        encoding="utf-8",
    )
    return path


def test_the_same_places_filled_by_the_grid_named_beside_the_model(tmp_path):
    case = load_case(_two_grids(tmp_path))
    result = run_audit(case, case.read())
    gains = {gain.baseline: gain for gain in result.model.worth.gains}
    table = pd.read_csv(tmp_path / "decisions.csv")
    other = table.groupby("poste")["entretien"].rank(ascending=False) <= 6
    ours = table["decision"] == "oui"
    good = table["bilan"] == "bon"
    assert gains["grid"].selected_alike.value == pytest.approx((other & ours).sum() / 60)
    assert gains["grid"].good.value == pytest.approx(good[other].mean())
    assert gains["grid"].gain.value == pytest.approx(good[ours].mean() - good[other].mean())


def test_without_a_grid_beside_it_no_row_on_a_grid(tmp_path):
    path = _two_grids(tmp_path)
    text = path.read_text(encoding="utf-8").replace('compared_with = "entretien.toml"\n', "")
    path.write_text(text, encoding="utf-8")
    case = load_case(path)
    result = run_audit(case, case.read())
    assert "grid" not in {gain.baseline for gain in result.model.worth.gains}
