"""Drawings of what a model does: marks where the numbers are, shapes that tell what is what."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from algo_audit.charts import style
from algo_audit.charts.agreement import agreements
from algo_audit.charts.effects import effect_curves, level_effects
from algo_audit.charts.style import Lettering
from algo_audit.charts.weights import paired_shares, weights
from algo_audit.explain.effects import EffectCurve, EffectPoint
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.figures import svg_text


def percent(value: float) -> str:
    return f"{100 * value:.0f} pc"


def plain(value: float) -> str:
    return f"{value:g}"


LETTERING = Lettering(
    percent, percent, plain, plain, percent, percent,
    {"hidden": "hidden", "agreement": "Alike", "shares": "Share", "more": "▲", "less": "▼",
     "even": "="},
)  # fmt: skip


def marks(figure: Figure, place: int = 0) -> dict[str, list[tuple[float, float]]]:
    """Marker to the places of its marks."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in figure.axes[place].lines:
        marker = str(line.get_marker())
        if marker not in ("None", ""):
            pairs = zip(
                np.atleast_1d(line.get_xdata()), np.atleast_1d(line.get_ydata()), strict=True
            )
            found.setdefault(marker, []).extend((float(x), float(y)) for x, y in pairs)
    return found


def words(figure: Figure, place: int = 0) -> list[str]:
    return [text.get_text() for text in figure.axes[place].texts]


def drawn(figure: Figure) -> str:
    return svg_text(figure, id="f", title="t", description="d")


def curve(column: str, *points: tuple[float, float, int | None]) -> EffectCurve:
    made = tuple(EffectPoint(x, y, n, n is None or n < 10) for x, y, n in points)
    return EffectCurve(column, column, "number", "ale", made)


def curves(*found: EffectCurve) -> Figure:
    return effect_curves(found, form=plain, number=plain, name=str, title="Score")


# --- agreement, weights --------------------------------------------------------------------


def test_everyone_is_a_square_and_groups_are_discs():
    rows = [
        ("all", Estimate(0.9, 0.88, 0.92)),
        ("F", Estimate(0.8, 0.7, 0.9)),
        ("X", Estimate(None)),
    ]
    figure = agreements(rows, lettering=LETTERING)
    assert [x for x, _ in marks(figure)["s"]] == pytest.approx([0.9])
    assert [x for x, _ in marks(figure)["o"]] == pytest.approx([0.8])
    assert words(figure) == ["all", "90 pc", "F", "80 pc", "X", "hidden"]


def test_written_is_a_square_and_what_works_a_disc():
    rows = [("a", 0.4, 0.3), ("b", 0.1, 0.25), ("c", None, 0.2), ("d", 0.2, 0.2)]
    figure = paired_shares(rows, lettering=LETTERING)
    assert [x for x, _ in marks(figure)["s"]] == pytest.approx([0.4, 0.1, 0.2])
    assert [x for x, _ in marks(figure)["o"]] == pytest.approx([0.3, 0.25, 0.2, 0.2])
    assert words(figure)[1::2] == [
        "40 pc / 30 pc  ▼",
        "10 pc / 25 pc  ▲",
        "hidden",
        "20 pc / 20 pc  =",
    ]


def test_more_and_less_differ_without_colour():
    figure = paired_shares([("a", 0.4, 0.3), ("b", 0.1, 0.25)], lettering=LETTERING)
    joints = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert len({str(line._dash_pattern) for line in joints}) == 2


def test_weights_never_stretch_below_nought():
    figure = weights(
        [("a", Estimate(0.02, -0.01, 0.05)), ("b", Estimate(0.5, 0.4, 0.6)), ("c", Estimate(None))],
        form=percent, ticks=percent, title="Changed", hidden="hidden",
    )  # fmt: skip
    assert figure.axes[0].get_xlim()[0] == 0
    ends = [
        float(x)
        for collection in figure.axes[0].collections
        for path in collection.get_paths()
        for x, _ in path.vertices
    ]
    assert min(ends) >= 0
    assert words(figure)[-1] == "hidden"


# --- effects -------------------------------------------------------------------------------


def test_the_curve_goes_through_its_points():
    figure = curves(curve("a", (0, -2, 50), (1, 0, 60), (4, 3, 40)))
    assert marks(figure)["o"] == [(0, -2), (1, 0), (4, 3)]
    assert words(figure) == ["a"]


def test_where_people_are_few_the_line_is_dashed_and_the_marks_hollow():
    figure = curves(curve("a", (0, 0, 3), (1, 1, 50), (2, 2, 60), (9, 2, None)))
    segments = [
        (list(line.get_xdata()), line._dash_pattern[1] is not None)
        for line in figure.axes[0].lines
        if len(line.get_xdata()) == 2 and line.get_marker() == "None"
    ]
    dashed = {tuple(x): thin for x, thin in segments if x[0] in (0, 1, 2)}
    assert dashed[0, 1] is True
    assert dashed[1, 2] is False
    assert dashed[2, 9] is True
    hollow = [
        float(x)
        for line in figure.axes[0].lines
        if line.get_marker() == "o" and line.get_markerfacecolor() == style.PAPER
        for x in line.get_xdata()
    ]
    assert sorted(hollow) == [0, 9]


def test_the_area_of_the_bars_counts_the_people():
    figure = curves(curve("a", (0, 0, 20), (1, 1, 40), (4, 2, 15), (6, 2, None)))
    patches = figure.axes[0].patches
    assert [patch.get_x() for patch in patches] == pytest.approx([0, 0.5, 2.5])
    assert [patch.get_width() for patch in patches] == pytest.approx([0.5, 2, 2.5])
    areas = [patch.get_width() * patch.get_height() for patch in patches]
    assert areas[1] / areas[0] == pytest.approx(2)
    assert areas[2] / areas[0] == pytest.approx(0.75)
    low = min(y for _, y in marks(figure)["o"])
    assert max(patch.get_y() + patch.get_height() for patch in patches) < low


def test_all_panels_share_one_scale():
    figure = curves(
        curve("a", (0, -20, 50), (1, 20, 60)), curve("b", (5, 0, 50), (6, 1, 60)),
        curve("c", (0, 0, 20), (2, -3, 30)),
    )  # fmt: skip
    assert len(figure.axes) == 3
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    boxes = [axes.get_position() for axes in figure.axes]
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[2].y1 < boxes[0].y0
    assert all(0 < box.x0 < box.x1 < 1 and 0 < box.y0 < box.y1 < 1 for box in boxes)


def test_a_flat_curve_and_a_hidden_one_can_be_drawn():
    assert drawn(curves(curve("a", (0, 0, None), (1, 0, None)))).startswith("<svg")


def test_levels_stand_around_the_mean_on_one_scale():
    few = (EffectPoint("x", -2.0, 40), EffectPoint("y", 3.0, 4, extrapolated=True))
    more = (EffectPoint("z", 0.5, 40),)
    found = [
        EffectCurve(column, column, "category", "pdp", points)
        for column, points in (("a", few), ("b", more))
    ]
    figure = level_effects(found, form=plain, ticks=plain, name=str, title="Score")
    assert [x for x, _ in marks(figure)["o"]] == pytest.approx([-2.0, 3.0, 0.5])
    ys = [y for _, y in marks(figure)["o"]]
    assert ys == sorted(ys, reverse=True)
    low, high = figure.axes[0].get_xlim()
    assert low < -2
    assert high > 3
    assert words(figure) == ["a", "x", "-2", "y", "3", "b", "z", "0.5"]
    hollow = [line for line in figure.axes[0].lines if line.get_markerfacecolor() == style.PAPER]
    assert [float(line.get_xdata()[0]) for line in hollow] == [3.0]


@pytest.mark.parametrize("name", ["$x^2$", "漢字", "a\nb", "_" * 300, "<b>&"])
def test_any_column_can_be_drawn(name):
    text = drawn(curves(curve(name, (0, 1, 20), (1, 2, 30))))
    assert text.startswith("<svg")
    text = drawn(paired_shares([(name, 0.1, 0.2)], lettering=LETTERING))
    assert text.startswith("<svg")


def test_letters_are_never_under_nine_points():
    """A chart 5 inches wide is shown at 350 pixels on a telephone."""
    found = [
        curves(curve("a", (0, 1, 20), (1, 2, 30))),
        paired_shares([("a", 0.1, 0.2)], lettering=LETTERING),
    ]
    for figure in found:
        assert figure.get_figwidth() == style.WIDTH
        for axes in figure.axes:
            sizes = [text.get_fontsize() for text in axes.texts]
            sizes += [label.get_fontsize() for label in axes.get_xticklabels()]
            assert min(sizes) >= style.SMALL_LETTERS


def test_same_curves_same_drawing():
    one = curve("a", (0, 1, 20), (1, 2, 30))
    assert drawn(curves(one)) == drawn(curves(one))
