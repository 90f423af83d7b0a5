"""Bars of a gap, staircases and pairs told apart: shapes carry the meaning."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from algo_audit.charts import style
from algo_audit.charts.bars import Bar, draw_bars
from algo_audit.charts.proxies import Told, told_apart
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.figures import svg_text


def words(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def boxes(figure) -> list[Rectangle]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def segments(figure) -> list[list[tuple[float, float]]]:
    return [
        [tuple(point) for point in path.vertices]
        for found in figure.axes[0].collections
        if isinstance(found, LineCollection)
        for path in found.get_paths()
    ]


BARS = [
    Bar("a", "−3", 0.0, -3.0, -4.0, -2.0),
    Bar("b", "+1", 0.0, 1.0, 0.5, 1.5),
    Bar("all", "−2", 0.0, -2.0, -3.0, -1.0, "total"),
]


def drawn(bars=BARS, *, joined: bool = False):
    return draw_bars(bars, form=str, title="points", joined=joined)


def test_what_takes_away_is_hatched_and_what_adds_is_full():
    taking, adding, total = boxes(drawn())
    assert taking.get_hatch()
    assert not adding.get_hatch()
    assert not total.get_hatch()
    # in black and white: paper under the hatching, ink in the full one, an empty frame at the end
    assert style.PAPER in (colour(taking), colour(total))
    assert colour(adding) == style.GROUP


def colour(patch: Rectangle) -> str:
    from matplotlib.colors import to_hex

    return to_hex(patch.get_facecolor())


def test_bars_go_from_nought_to_the_part():
    spans = [(box.get_x(), box.get_x() + box.get_width()) for box in boxes(drawn())]
    assert spans == [(-3.0, 0.0), (0.0, 1.0), (-2.0, 0.0)]


def test_intervals_go_from_bound_to_bound():
    found = [line for line in segments(drawn()) if line[0][1] == line[1][1]]
    assert [(-4.0, 2.0), (-2.0, 2.0)] in found
    assert [(0.5, 1.0), (1.5, 1.0)] in found


def test_the_total_ends_in_a_square():
    line = next(one for one in drawn().axes[0].lines if one.get_marker() == "s")
    assert np.atleast_1d(line.get_xdata()).tolist() == [-2.0]


def test_stairs_are_joined_where_one_ends_and_the_next_starts():
    bars = [
        Bar("1", "", 0.0, -3.0),
        Bar("2", "", -3.0, -1.0),
        Bar("=", "", 0.0, -1.0, kind="total"),
    ]
    joints = [
        line for line in segments(drawn(bars, joined=True)) if line[0][0] == line[1][0] != 0.0
    ]
    assert [line[0][0] for line in joints] == [-3.0, -1.0]
    apart = [line for line in segments(drawn(bars)) if line[0][0] == line[1][0] != 0.0]
    assert apart == []


def test_rows_keep_their_words_and_notes():
    bars = [Bar("label", "−3", 0.0, -3.0, note="who can act"), Bar("none", "hidden")]
    assert words(drawn(bars)) == ["label", "−3", "who can act", "none", "hidden"]
    assert len(boxes(drawn(bars))) == 1


def test_words_stand_clear_of_the_line_at_nought():
    """The dashed line is broken where the names and numbers of the rows are written."""
    uprights = [line for line in segments(drawn()) if line[0][0] == line[1][0] == 0.0]
    heights = sorted(y for line in uprights for _, y in line)
    labels = [text.get_position()[1] for text in drawn().axes[0].texts]
    assert uprights
    for low, high in zip(heights[::2], heights[1::2], strict=True):
        assert not any(low < label < high for label in labels)


@pytest.mark.parametrize("values", [(0.0, 0.0), (1e-9, -1e-9), (1e9, -1e6)])
def test_any_size_can_be_drawn(values):
    bars = [Bar("a", "x", 0.0, value, value, value) for value in values]
    assert svg_text(drawn(bars), id="f", title="t", description="d").startswith("<svg")


def told(rows):
    return told_apart(rows, alert=0.65, form=lambda v: f"{100 * v:.0f}", title="t", words=("chance", "alert"))  # fmt: skip


def test_pairs_stand_where_they_were_counted():
    figure = told(
        [Told("a", "71", Estimate(0.71, 0.69, 0.73), 0.69), Told("b", "–", Estimate(None))]
    )
    marks = {line.get_marker(): np.atleast_1d(line.get_xdata()).tolist() for line in figure.axes[0].lines}  # fmt: skip
    assert marks["o"] == [0.71]
    assert marks["D"] == [0.69]
    assert {"chance", "alert", "a", "71", "b", "–"} == set(words(figure))
    uprights = {line[0][0] for line in segments(figure) if line[0][0] == line[1][0]}
    assert {0.5, 0.65} <= uprights


def test_a_criterion_worse_than_chance_stays_on_the_paper():
    figure = told([Told("a", "55", Estimate(0.55, 0.5, 0.6), 0.31)])
    assert figure.axes[0].get_xlim()[0] < 0.31
