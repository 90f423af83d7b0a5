"""The small bars of a person's sheet: shapes carry the meaning."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from algo_audit.charts.person import Counted, counted


def _bars(figure) -> list[tuple[float, float, str | None]]:
    """(left end, width, hatch) of every bar drawn."""
    return [
        (round(one.get_x(), 6), round(one.get_width(), 6), one.get_hatch())
        for one in figure.axes[0].patches
        if isinstance(one, Rectangle)
    ]


def test_points_inside_what_could_be_had() -> None:
    figure = counted(
        [Counted("test", "23 of 40", 23.0, 40.0), Counted("distance", "0 of 10", 0.0, 10.0)]
    )
    assert _bars(figure) == [
        (0.0, 1.0, None), (0.0, 23 / 40, None), (0.0, 0.25, None), (0.0, 0.0, None)
    ]  # fmt: skip


def test_against_is_hatched_and_goes_the_other_way() -> None:
    figure = counted(
        [Counted("a", "60%", -0.6), Counted("b", "40%", 0.4)], against="against", towards="for"
    )
    assert _bars(figure) == [(-0.6, 0.6, "/////"), (0.0, 0.4, None)]
    words = [text.get_text() for text in figure.axes[0].texts]
    assert "◀ against" in words
    assert "for ▶" in words


def test_points_taken_off_go_below_nought() -> None:
    figure = counted([Counted("a", "-5 of 0", -5.0, 0.0), Counted("b", "15 of 15", 15.0, 15.0)])
    assert _bars(figure)[0] == (-0.25, 0.25, "/////")


def test_nothing_to_draw_from_is_drawn() -> None:
    assert _bars(counted([Counted("a", "0", 0.0)])) == [(0.0, 0.0, None)]
