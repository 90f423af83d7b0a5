"""Drawings: what they show, in shapes as well as colours, whatever the file writes."""

from __future__ import annotations

import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from algo_audit.charts import style
from algo_audit.charts.lottery import lottery_mirror
from algo_audit.charts.points import Point, draw_points
from algo_audit.charts.rates import differences, rates
from algo_audit.charts.scores import calibration
from algo_audit.charts.strata import level_pairs
from algo_audit.charts.style import Lettering, legible
from algo_audit.fairness.comparison import Estimate, GroupRate
from algo_audit.fairness.lottery import Lottery
from algo_audit.fairness.scores import CalibrationBin, GroupScore
from algo_audit.fairness.strata import StratumLevel
from algo_audit.report.figures import svg_text


def percent(value: float) -> str:
    return f"{100 * value:.0f} pc"


LETTERING = Lettering(
    percent, percent, lambda v: f"{v:.2f}", lambda v: f"{v:.1f}", percent, percent,
    {"hidden": "hidden", "rate": "Rate", "difference": "Gap", "lottery_axis": "Ratio",
     "lottery_seen": "Seen", "lottery_equal": "Equal", "level_behind": "▼", "level_ahead": "▲",
     "level_even": "=", "mean_score": "Score"},
)  # fmt: skip


def group(name: str | None, n: int, events: int, status: str = "used") -> GroupRate:
    value = events / n if n else None
    low, high = (None, None) if value is None else (value - 0.02, value + 0.02)
    return GroupRate("sex", name, n, events, Estimate(value, low, high), status)


def drawn(figure: Figure) -> str:
    return svg_text(figure, id="f", title="t", description="d")


def lottery(seen: float | None) -> Lottery:
    edges = tuple(float(e) for e in np.linspace(0.5, 1.0, 11))
    return Lottery("sex", None, 100, "F", "M", seen, 0.9, 0.8, 0.9, 1.0, 0.1, 0.02, edges, (0, 0, 1, 2, 5, 9, 20, 30, 20, 13))  # fmt: skip


def marks(figure: Figure) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for line in figure.axes[0].lines:
        marker = str(line.get_marker())
        if marker not in ("None", ""):
            found.setdefault(marker, []).extend(float(x) for x in np.atleast_1d(line.get_xdata()))
    return found


def test_points_stand_where_the_rates_are():
    groups = [group("F", 100, 20), group("M", 100, 30), group("X", 3, 1, "small")]
    figure = rates(groups, "M", lettering=LETTERING, name=str)
    found = marks(figure)
    assert found["s"] == pytest.approx([0.3])  # the reference is a square
    assert sorted(found["o"]) == pytest.approx([0.2, 1 / 3])
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words == ["F", "20 pc", "M", "30 pc", "X", "33 pc"]


def test_intervals_are_drawn_from_bound_to_bound():
    figure = draw_points([Point("a", "x", 0.4, 0.3, 0.5)], form=percent, title="t", hard=(0.0, 1.0))
    ends = [
        [float(x) for x, _ in path.vertices]
        for collection in figure.axes[0].collections
        for path in collection.get_paths()
    ]
    assert [0.3, 0.5] in [pytest.approx(pair) for pair in ends]


def test_a_hidden_group_keeps_its_row_and_shows_no_mark():
    figure = rates([group("F", 0, 0), group("M", 100, 30)], "M", lettering=LETTERING, name=str)
    assert list(marks(figure)) == ["s"]
    assert "hidden" in [text.get_text() for text in figure.axes[0].texts]


def test_the_gap_seen_is_marked_on_the_lottery():
    assert marks(lottery_mirror(lottery(0.6), lettering=LETTERING))["v"] == pytest.approx([0.6])
    assert marks(lottery_mirror(lottery(None), lettering=LETTERING)) == {}


def test_a_reversal_shows_in_the_shapes():
    levels = [
        StratumLevel("B", 100, 14, 100, 45, 0.14, 0.45, 0.31, -0.31),
        StratumLevel("D", 100, 34, 100, 22, 0.34, 0.22, 1.55, 0.12),
        StratumLevel("E", 2, 0, 2, 1, None, None, None, None),
    ]
    found = marks(level_pairs(levels, lettering=LETTERING))
    assert found["o"] == pytest.approx([0.14, 0.34])
    assert found["s"] == pytest.approx([0.45, 0.22])


def test_lines_differ_by_shape_and_dash():
    bins = tuple(
        CalibrationBin(k, k + 1, 9, k + 0.5, Estimate(0.1 * k, 0.0, 0.9)) for k in range(5)
    )
    groups = [
        GroupScore("sex", name, 45, 2.0, 1.0, 2.0, Estimate(0.5), Estimate(0.7), bins)
        for name in ("F", "M", "X")
    ]
    lines = calibration(groups, lettering=LETTERING, name=lambda g: g.group).axes[0].lines
    looks = {(line.get_marker(), str(line.get_linestyle()), str(line._dash_pattern)) for line in lines if line.get_marker() != "None"}  # fmt: skip
    assert len(looks) == 3


@pytest.mark.parametrize(
    "name", ["$x^2$", "😀 smile", "漢字", "a\nb", "\x07bell", "_" * 300, "<b>&"]
)
def test_any_name_can_be_drawn(name):
    text = drawn(rates([group(name, 10, 3)], None, lettering=LETTERING, name=str))
    assert text.startswith("<svg")
    assert len(legible(name)) <= style.LONGEST_LABEL


def test_what_the_font_lacks_is_a_box():
    assert legible("é漢") == "é\u25a1"


def test_same_figure_same_text():
    groups = [group("F", 100, 20), group("M", 100, 30)]
    one = drawn(rates(groups, "M", lettering=LETTERING, name=str))
    assert one == drawn(rates(groups, "M", lettering=LETTERING, name=str))


def test_svg_can_stand_in_a_page():
    text = drawn(rates([group("Nom du groupe", 100, 20)], None, lettering=LETTERING, name=str))
    assert text.startswith("<svg")
    assert text.endswith("</svg>")
    for gone in (
        "<?xml",
        "<!DOCTYPE",
        "<metadata",
        "<!--",
        "<style",
        "font-family: ",
        "xlink",
        "Date",
    ):
        assert gone not in text, gone
    assert all(name.startswith("f-") for name in re.findall(r'\bid="([^"]*)"', text))
    assert all(name.startswith("f-") for name in re.findall(r'href="#([^"]*)"', text))
    assert 'role="img"' in text
    assert '<title id="f-name">t</title>' in text
    assert '<desc id="f-text">d</desc>' in text
    assert ">Nom du groupe" in text  # text that can be searched, with the room it takes
    assert re.search(r'textLength="[0-9.]+" lengthAdjust="spacingAndGlyphs"', text)


def test_title_and_description_are_escaped():
    figure = draw_points([Point("a", "x", 0.4)], form=percent, title="t")
    text = svg_text(figure, id="f", title="<b>", description="a & b")
    assert "&lt;b&gt;" in text
    assert "a &amp; b" in text


def test_settings_of_the_caller_come_back():
    before = dict(mpl.rcParams)
    drawn(differences([], lettering=LETTERING, name=str))
    assert dict(mpl.rcParams) == before


def test_no_interval_leaves_the_scale():
    point = Point("a", "x", 0.01, 0.0, float("inf"))
    figure = draw_points([point], form=percent, title="t", hard=(0.0, 1.0))
    low, high = figure.axes[0].get_xlim()
    assert 0.0 <= low < high <= 1.0
    drawn(figure)
