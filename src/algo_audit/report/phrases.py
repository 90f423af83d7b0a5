"""One language's texts, numbers and punctuation, as the chapters of a report need them.

Every method takes None, for a number that is not there or is hidden from this audience, and
gives words for it: a chapter never has to ask.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from algo_audit.charts.style import Lettering
from algo_audit.data.disclosure import OTHER_GROUPS
from algo_audit.fairness.comparison import Estimate, Interval
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import WIDE, Formats
from algo_audit.report.document import Cell, Language, Reader

Form = Callable[[float], str]
# White space but for the no-break spaces that typesetting put there.
_BREAKS = re.compile(r"[^\S\u00a0\u202f]+")


class _Bounded(Protocol):
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


class _Named(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def inputs(self) -> tuple[str, ...]: ...
    @property
    def label(self) -> str | Mapping[str, str]: ...


class Phrases:
    """Texts and number habits of one report.

    Parameters
    ----------
    language : {"fr", "en"}
    audience : {"full", "committee", "public", "person"}
    threshold : int or None
        Headcounts below it are hidden from this audience; None: nothing is.

    Attributes
    ----------
    pair : str or None
        The column that pairs two testers; told once, when the result is known.
    """

    def __init__(self, language: Language, audience: Reader, threshold: int | None) -> None:
        self.language = language
        self.audience = audience
        self.threshold = threshold
        self.catalogue = Catalogue(
            language,
            (
                "report",
                "findings",
                "journal",
                "negotiation",
                "model",
                "drivers",
                "amounts",
                "french_index",
                "sector",
                "cases",
                "notebook",
                "stages",
                "cutoffs",
                "trend",
            ),
        )
        self.formats = Formats(language)
        self._labels: dict[str, str] = {}
        self._columns: dict[str, str] = {}
        self.pair: str | None = None

    def learn(self, criteria: Iterable[_Named]) -> None:
        """Take over the names that the parties gave their criteria, for readers.

        An input that is a criterion by itself goes by its name too; of two criteria that count
        it, the first.
        """
        for one in criteria:
            label = one.label if isinstance(one.label, str) else one.label.get(self.language, "")
            label = self.typeset(label)
            if not label:
                continue
            self._labels[one.key] = label
            if len(one.inputs) == 1:
                self._columns.setdefault(one.inputs[0], label)

    def label(self, criterion: str) -> str:
        """A criterion's name for readers, else its key; without quotation marks."""
        return self._labels.get(criterion, criterion)

    def column_label(self, column: str) -> str:
        """The name of an input for readers, else its column; without quotation marks."""
        return self._columns.get(column, column)

    def column(self, column: str) -> str:
        """The name of an input for readers, in quotation marks."""
        return self.quoted(self.column_label(column))

    # --- texts -----------------------------------------------------------------------------

    def say(self, key: str, /, **values: object) -> str:
        """Text for a key, begun with a capital when a place begins it."""
        return self.catalogue.text(key, **values)

    def typeset(self, text: str) -> str:
        """Somebody else's text on one line, its spaces set as the language's printers do."""
        return self.formats.typeset(text)

    def counted(self, key: str, count: float, /, **values: object) -> str:
        """Singular or plural text."""
        return self.catalogue.counted(key, count, **values)

    def coded(self, family: str, code: str) -> str:
        """Text for a code of a family (``reason.margins``), or the family's words for any code."""
        key = f"{family}.{code}"
        if self.catalogue.has(key):
            return self.say(key)
        return self.say(f"{family}.other", code=code)

    @property
    def hidden(self) -> str:
        """Words for a headcount that this audience may not see."""
        if self.threshold is None:
            return self.say("word.none")
        return self.say("word.fewer_than", threshold=self.threshold)

    @property
    def absent(self) -> str:
        """The dash of a number that is not there."""
        return self.say("word.none")

    # --- numbers ---------------------------------------------------------------------------

    def whole(self, value: float | None) -> str:
        """A headcount."""
        return self.hidden if value is None else self.formats.number(value)

    def people(self, value: float | None) -> str:
        """Missing decisions: one decimal, none from a hundred on."""
        if value is None or not math.isfinite(value):
            return self.absent
        return self.formats.number(value, 0 if abs(value) >= 100 else 1)

    def more_people(self, value: float) -> str:
        """The same with its sign: how many more decisions."""
        return self.formats.signed(value, 0 if abs(value) >= 100 else 1)

    def percent(self, value: float | None) -> str:
        """A share between 0 and 1; two decimals under 1 %, where one would hide everything."""
        if value is None:
            return self.absent
        return self.formats.percent(value, 2 if 0 < abs(value) < 0.01 else 1)

    def points(self, value: float | None) -> str:
        """A difference of shares with its sign and unit."""
        if value is None:
            return self.absent
        shown = self.formats.points(value)
        return f"+{shown}" if round(100 * value, 1) > 0 else shown

    def bare_points(self, value: float | None) -> str:
        """A difference of shares with its sign, without unit."""
        if value is None:
            return self.absent
        return self.formats.signed(100 * value, 1)

    def bare_percent(self, value: float | None) -> str:
        """A share between 0 and 1 in hundredths, without the sign."""
        if value is None:
            return self.absent
        return self.formats.number(100 * value, 2 if 0 < abs(value) < 0.01 else 1)

    def ratio(self, value: float | None) -> str:
        """A ratio."""
        return self.absent if value is None else self.formats.ratio(value)

    def decimal(self, value: float | None, digits: int = 2) -> str:
        """Any number."""
        if value is None or not math.isfinite(value):
            return self.absent
        return self.formats.number(value, digits)

    def p_value(self, value: float | None) -> str:
        """A p-value or a q."""
        return self.absent if value is None else self.formats.p_value(value)

    def p_said(self, value: float | None) -> str:
        """``= 0,03`` or ``< 0,001``, to follow a letter."""
        text = self.p_value(value)
        return text if text.startswith("<") else f"={WIDE}{text}"

    def span(self, bounded: _Bounded | None, form: Form) -> str:
        """``de 1,2 à 3,4``; in words where a bound is missing or without end."""
        if bounded is None:
            return self.absent
        low, high = bounded.low, bounded.high
        if low is None or high is None:
            return self.absent
        if math.isinf(low) and math.isinf(high):
            return self.say("word.any")
        if math.isinf(high):
            return self.say("word.at_least", low=form(low))
        if math.isinf(low):
            return self.say("word.at_most", high=form(high))
        return self.formats.interval(self._bare(form)(low), form(high))

    def _bare(self, form: Form) -> Form:
        """The same number without its unit, for the first of two bounds."""
        if form == self.points:
            return self.bare_points
        if form == self.percent:
            return self.bare_percent
        return form

    def between(self, low: float, high: float, form: Form) -> str:
        """``entre 1,2 et 3,4``."""
        if math.isinf(low) or math.isinf(high):
            return self.span(Interval(0.0, low, high), form)
        return self.say("word.between", low=self._bare(form)(low), high=form(high))

    def measured(self, number: Interval | Estimate | None, form: Form) -> str:
        """A value followed by its interval in brackets, or the reason why there is none."""
        if number is None:
            return self.absent
        if number.value is None:
            return self.absent
        value = form(number.value)
        if number.low is None or number.high is None:
            return value
        return self.say("word.with_interval", value=value, interval=self.span(number, form))

    # --- names -----------------------------------------------------------------------------

    def quoted(self, name: str) -> str:
        """A name as the file writes it, in the language's quotation marks."""
        return self.formats.quote(_BREAKS.sub(" ", name).strip())

    def held(self, stratum: str) -> str:
        """What is held equal: the two of a pair are of one pair, whatever its column is called."""
        return self.say("word.pair") if stratum == self.pair else self.quoted(stratum)

    def group(self, name: str | None) -> str:
        """A group; None is "unknown"."""
        if name is None:
            return self.say("word.unknown")
        if name == OTHER_GROUPS:
            return self.quoted(self.say("word.other_groups"))
        return self.quoted(name)

    def level(self, name: str) -> str:
        """A level of a stratum; those hidden from this audience stand together."""
        return self.quoted(self.say("word.other_levels") if name == OTHER_GROUPS else name)

    def reference(self, name: str | None) -> str:
        """What a group is compared with, as the end of a sentence."""
        if name is None:
            return self.say("word.all_others")
        return self.say("word.group", group=self.group(name))

    def verdict(self, verdict: str | None) -> str:
        """The word of a verdict."""
        return self.say(f"verdict.{verdict or 'none'}")

    def listed(self, items: Sequence[str]) -> str:
        """``a, b et c``."""
        return self.formats.listing(items)

    # --- cells -----------------------------------------------------------------------------

    def cell(self, text: str, value: float | str | None = None, *, numeric: bool = False) -> Cell:
        """A cell of a table."""
        return Cell(text, value, numeric=numeric or isinstance(value, (int, float)))

    def count_cell(self, value: float | None) -> Cell:
        """A headcount."""
        return Cell(self.whole(value), value, numeric=True)

    def number_cell(self, value: float | None, form: Form) -> Cell:
        """A number without interval."""
        return Cell(self.absent if value is None else form(value), value, numeric=True)

    def interval_cell(self, number: Interval | Estimate | None, form: Form) -> Cell:
        """A number with its interval."""
        if number is None or number.value is None:
            return Cell(self.absent, None, numeric=True)
        known = number.low is not None and number.high is not None
        interval = self.span(number, form) if known else ""
        return Cell(form(number.value), number.value, numeric=True, interval=interval)

    # --- charts ----------------------------------------------------------------------------

    def lettering(self, **words: str) -> Lettering:
        """Numbers and words for a chart."""

        def tick_percent(value: float) -> str:
            whole = abs(100 * value - round(100 * value)) < 1e-9
            return self.formats.percent(value, 0 if whole else 1)

        def tick_points(value: float) -> str:
            whole = abs(100 * value - round(100 * value)) < 1e-9
            return self.formats.signed(100 * value, 0 if whole else 1)

        return Lettering(
            percent=self.percent,
            points=self.bare_points,
            ratio=self.ratio,
            number=lambda value: self.decimal(value, 2 if abs(value) < 10 else 0),
            tick_percent=tick_percent,
            tick_points=tick_points,
            words={"hidden": self.hidden, **words},
        )
