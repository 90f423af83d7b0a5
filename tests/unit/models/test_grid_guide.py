"""The guide to writing a grid down: its example is read, and its sum by hand is right."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from algo_audit.models.scoring_grid import read_grid

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_example_gives_what_the_guide_says(tmp_path, language) -> None:
    guide = (DOCS / f"scoring_grid.{language}.md").read_text(encoding="utf-8")
    written = re.search(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert written is not None
    path = tmp_path / "example.grid.toml"
    path.write_text(written[1], encoding="utf-8")
    grid = read_grid(path)
    bac = grid.inputs[0].levels.index("Bac+2")
    values = np.array([[bac, 12.0, 11.5], [bac, 2.0, 11.5], [np.nan, 3.0, 20.0]])
    assert grid.points(values)[0].tolist() == [10.0, 15.0, 23.0]
    assert grid.score(values).tolist() == [48.0, 33.0, 38.0]
    assert "10 + 15 + 23 = 48" in guide
    assert grid.decide(grid.score(values)).decision.tolist() == [1, 0, 1]
    assert "60 points" in str(grid.title)
    assert sum(one.paper_range()[1] for one in grid.criteria) == 60.0


def test_both_guides_show_the_same_grid() -> None:
    numbers = []
    for language in ("fr", "en"):
        guide = (DOCS / f"scoring_grid.{language}.md").read_text(encoding="utf-8")
        example = guide.split("```")[1]
        lines = [line.partition("#")[0] for line in example.splitlines()]
        numbers.append(re.findall(r"-?\d+(?:\.\d+)?", " ".join(lines)))
    assert numbers[0] == numbers[1]
