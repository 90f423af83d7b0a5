"""What a score does as one input moves: small curves on one scale, with where the people are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from algo_audit.charts import style
from algo_audit.explain.effects import EffectCurve, EffectPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 2
_PANEL = 1.55  # inches, the curve and its strip
_LEFT, _GAP, _RIGHT = 0.46, 0.5, 0.14  # inches
_HEAD, _TITLE, _FOOT = 0.32, 0.27, 0.34  # inches: of the figure, above and below each panel
_STRIP = 0.2  # share of a panel's height that the people take
_AIR = 0.08
_THINNEST, _LOWEST, _TALLEST = 0.012, 0.03, 0.86  # bars, as shares of their strip
_DASH = (0, (2.2, 1.8))
_LEVEL, _LABELS, _VALUES = 0.25, 1.75, 0.72  # inches: a row, the names, the values


def effect_curves(
    curves: Sequence[EffectCurve],
    *,
    form: Callable[[float], str],
    number: Callable[[float], str],
    name: Callable[[str], str],
    title: str,
) -> Figure:
    """Small multiples: one panel for each input, all on one vertical scale.

    Parameters
    ----------
    curves : sequence of EffectCurve
        Of numbers, with at least two points each.
    form : callable
        Effect to text, on the vertical scale.
    number : callable
        Value of an input to text, on the horizontal scale.
    name : callable
        Column to the name of its panel.
    title : str
        What the vertical scale measures.

    Returns
    -------
    Figure
        5 inches wide, two panels in a row. A full line with discs where there are people enough,
        dashes with hollow discs where there are too few; the area of the bars below says how
        many people stand where; the dashed horizontal line is the mean of all.

    Notes
    -----
    The bars are drawn to the tallest of their own panel: they compare places, not inputs.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with style.drawing():
        rows = -(-len(curves) // _COLUMNS)
        height = _HEAD + rows * (_TITLE + _PANEL + _FOOT)
        figure = Figure(figsize=(style.WIDTH, height), facecolor="none")
        FigureCanvasSVG(figure)
        figure.text(
            0.02, 1 - 0.2 / height, style.legible(title, longest=70), va="center",
            fontsize=style.SMALL_LETTERS, color=style.QUIET, parse_math=False,
        )  # fmt: skip
        width = (style.WIDTH - _LEFT - _GAP - _RIGHT) / _COLUMNS
        ends = _ends(curves)
        for place, curve in enumerate(curves):
            row, column = divmod(place, _COLUMNS)
            left = _LEFT + column * (width + _GAP)
            bottom = height - _HEAD - (row + 1) * (_TITLE + _PANEL + _FOOT) + _FOOT
            box = (left / style.WIDTH, bottom / height, width / style.WIDTH, _PANEL / height)
            axes = figure.add_axes(box, facecolor="none")
            _panel(axes, curve, ends, form=form, number=number)
            _name(axes, name(curve.column))
        return figure


def _ends(curves: Sequence[EffectCurve]) -> tuple[float, float]:
    """One vertical scale for all, with room for the people below."""
    effects = [point.effect for curve in curves for point in curve.points] or [0.0]
    low, high = min(*effects, 0.0), max(*effects, 0.0)
    spread = (high - low) or 1.0
    return low - _AIR * spread, high + _AIR * spread


def _panel(
    axes: Axes,
    curve: EffectCurve,
    ends: tuple[float, float],
    *,
    form: Callable[[float], str],
    number: Callable[[float], str],
) -> None:
    """One input: its name, its curve, its people."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    points = [point for point in curve.points if not isinstance(point.at, str)]
    places = [float(point.at) for point in points]
    spread = (max(places) - min(places)) or 1.0
    axes.set_xlim(min(places) - 0.04 * spread, max(places) + 0.04 * spread)
    low, high = ends
    floor = low - _STRIP / (1 - _STRIP) * (high - low)
    axes.set_ylim(floor, high)
    for edge in ("left", "right", "top"):
        axes.spines[edge].set_visible(False)
    axes.spines["bottom"].set_color(style.QUIET)
    looks: dict[str, Any] = {"colors": style.QUIET, "labelsize": style.SMALL_LETTERS, "width": 0.8}
    axes.tick_params(axis="x", length=3, **looks)
    axes.tick_params(axis="y", length=0, pad=2, **looks)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    ticks = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    axes.set_yticks([float(tick) for tick in ticks if low <= tick <= high])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: form(value)))
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=style.LINE, linewidth=0.6)
    axes.axhline(0.0, color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1.5)
    _people(axes, points, places, floor=floor, top=low)
    _line(axes, points, places)


def _name(axes: Axes, text: str) -> None:
    style.write(axes, 0.0, 1.04, text, transform=axes.transAxes, va="bottom", longest=26)


def _people(
    axes: Axes, points: Sequence[EffectPoint], places: Sequence[float], *, floor: float, top: float
) -> None:
    """Bars as wide as the stretch that each place stands for; their area counts the people."""
    spread = max(places) - min(places) or 1.0
    middles = [(a + b) / 2 for a, b in pairwise(places)]
    edges = [places[0], *middles, places[-1]]
    bars = [
        (edges[place], max(edges[place + 1] - edges[place], _THINNEST * spread), point.people)
        for place, point in enumerate(points)
        if point.people
    ]
    tallest = max((people / width for _, width, people in bars), default=0.0)
    for left, width, people in bars:
        # a few people stay visible beside a crowd
        height = max(people / width / tallest, _LOWEST) * _TALLEST * (top - floor)
        axes.bar(
            left + width / 2,
            height,
            width=width,
            bottom=floor,
            color=style.FILL,
            edgecolor=style.QUIET,
            linewidth=0.6,
            zorder=1,
        )


def _line(axes: Axes, points: Sequence[EffectPoint], places: Sequence[float]) -> None:
    """Full where people are enough on both sides, dashed where they are too few on one."""
    for place in range(len(points) - 1):
        pair = points[place : place + 2]
        thin = any(point.extrapolated for point in pair)
        axes.plot(
            places[place : place + 2],
            [point.effect for point in pair],
            color=style.QUIET if thin else style.GROUP,
            linewidth=1.6 if thin else 2.2,
            linestyle=_DASH if thin else "-",
            zorder=3,
        )
    for thin in (False, True):
        marks = [
            (x, point.effect)
            for x, point in zip(places, points, strict=True)
            if point.extrapolated == thin
        ]
        if marks:
            axes.plot(
                [x for x, _ in marks],
                [y for _, y in marks],
                marker="o",
                markersize=4.0,
                linestyle="none",
                color=style.QUIET if thin else style.GROUP,
                markerfacecolor=style.PAPER if thin else style.GROUP,
                markeredgewidth=1.0,
                zorder=4,
                clip_on=False,
            )


def level_effects(
    curves: Sequence[EffectCurve],
    *,
    form: Callable[[float], str],
    ticks: Callable[[float], str],
    name: Callable[[str], str],
    title: str,
) -> Figure:
    """Categories on one scale: a heading for each, and one row for each of its levels.

    Parameters
    ----------
    curves : sequence of EffectCurve
        Of categories.
    form, ticks : callable
        Effect to text, at the end of its row and on the scale.
    name : callable
        Column or level to its name.
    title : str
        What the scale measures.

    Returns
    -------
    Figure
        A disc at the end of a stem from the mean of all; hollow where people are too few.
    """
    with style.drawing():
        rows = sum(1 + len(curve.points) for curve in curves)
        height = _LEVEL * rows + 0.82
        figure, axes = style.blank(height, bottom=0.62, top=0.1)
        box = axes.get_position()
        left = _LABELS / style.WIDTH
        width = (style.WIDTH - _LABELS - _VALUES) / style.WIDTH
        axes.set_position((left, box.y0, width, box.height))
        ends = _ends(curves)
        style.scale(axes, *ends, form=ticks, title=title)
        axes.set_ylim(-0.6, rows - 0.4)
        axes.axvline(0.0, color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1.5)
        y = float(rows)
        for curve in curves:
            y -= 1
            _beside(axes, y, name(curve.column), weight="bold", longest=48)
            for point in curve.points:
                y -= 1
                _level(axes, y, point, text=form(point.effect), label=name(str(point.at)))
        return figure


def _beside(axes: Axes, y: float, text: str, **options: object) -> None:
    """Words left of the scale."""
    place = (0.1 - _LABELS) / (style.WIDTH - _LABELS - _VALUES)
    side = axes.get_yaxis_transform()
    style.write(axes, place, y, text, transform=side, va="center", **options)


def _level(axes: Axes, y: float, point: EffectPoint, *, text: str, label: str) -> None:
    """One level: its name, its disc, its value."""
    colour = style.QUIET if point.extrapolated else style.GROUP
    axes.plot([0.0, point.effect], [y, y], color=colour, linewidth=1.6, zorder=2)
    axes.plot(
        [point.effect],
        [y],
        marker="o",
        markersize=6.5,
        linestyle="none",
        color=colour,
        markerfacecolor=style.PAPER if point.extrapolated else colour,
        markeredgewidth=1.4,
        zorder=4,
        clip_on=False,
    )
    _beside(axes, y, label, longest=20)
    end = 1 + (_VALUES - 0.06) / (style.WIDTH - _LABELS - _VALUES)
    side = axes.get_yaxis_transform()
    style.write(axes, end, y, text, transform=side, va="center", ha="right", longest=10)
