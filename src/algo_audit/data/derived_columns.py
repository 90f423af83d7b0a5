"""HR columns as they are: birth and entry dates become years, working time full or part time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from algo_audit.data.categories import Context
from algo_audit.data.conversion import convert_dates, convert_numbers
from algo_audit.data.limits import Limits
from algo_audit.data.raw_table import RawTable
from algo_audit.data.roles import Roles
from algo_audit.data.vocabulary import is_unknown, spaced

_BIRTH = re.compile(r"\b(naissance|naiss|ne le|nee le|birth|birthdate|dob|born)\b")
_ENTRY = re.compile(
    r"\b(entree|embauche|date d anciennete|anciennete|arrivee|hire|hired|hiring|entry|joining"
    r"|joined|start date|seniority date)\b"
)
_WORKING_TIME = re.compile(
    r"\b(quotite|etp|fte|temps de travail|taux d activite|taux d emploi|working time|work time"
    r"|full time equivalent)\b"
)
_SHARE = re.compile(r"0[.,][0-9]+|1([.,]0+)?")
_FULL = (1.0, 100.0)  # full time, as a share and in percent
_SHOWN = 6


def derive_columns(
    table: RawTable, roles: Roles, *, context: Context, limits: Limits
) -> tuple[RawTable, Roles]:
    """Turn dates and working times among the attributes and strata into what can be compared.

    Parameters
    ----------
    table : RawTable
    roles : Roles
        ``date`` is the day of each decision, at which age and seniority are taken.
    context : Context
        Takes the faults ``reading.date_needed`` (a birth date, and no date of decision),
        ``reading.dates_mixed`` (cells that are no date in the order that fits the others),
        ``reading.date_in_future`` (born or hired after the decision), and the journal entries.
    limits : Limits

    Returns
    -------
    table : RawTable
        Those columns hold whole years completed; the dates themselves go no further.
    roles : Roles
        With the cuts of the new bands, where none were declared.
    """
    columns = dict(table.columns)
    bands = dict(roles.bands)
    decided = _text(table, roles.date) if roles.date in columns and roles.date else []
    if roles.date and _holds_dates(decided) and not _days(roles.date, decided, context)[1]:
        return table, roles  # told once: ages and years would only tell it again
    for name in _looked_at(table, roles):
        words = spaced(name)
        kind = "birth" if _BIRTH.search(words) else "entry" if _ENTRY.search(words) else ""
        texts = _text(table, name)
        if kind and _holds_dates(texts):
            years = _years(table, roles, name, texts, context)
            if years is not None:
                columns[name] = pa.array(["" if y < 0 else str(y) for y in years.tolist()])
                cuts = limits.age.cuts if kind == "birth" else limits.seniority.cuts
                bands.setdefault(name, tuple(cuts))
                code = "birth_dates" if kind == "birth" else "entry_dates"
                context.notes.converted(code, name, rows=int((years >= 0).sum()))
        elif _WORKING_TIME.search(words) and name not in bands:
            if _two_writings(texts):
                texts = [_as_share(text) for text in texts]
                columns[name] = pa.array(texts)
            full = _full_time(texts, table)
            if full is not None:
                bands[name] = (full,)
                context.notes.converted("working_time", name, full=full)
    return replace(table, columns=columns), replace(roles, bands=bands)


def _looked_at(table: RawTable, roles: Roles) -> Iterator[str]:
    named = [*roles.protected]
    for stratum in roles.strata:
        named += [stratum] if stratum in table.columns else roles.stratum_columns(stratum)
    yield from (name for name in dict.fromkeys(named) if name in table.columns)


def _text(table: RawTable, name: str) -> list[str]:
    return list(table.columns[name].to_pylist())


def _known(texts: Sequence[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text and not is_unknown(text)]


def _holds_dates(texts: Sequence[str]) -> bool:
    """Most of a sample of the cells are dates in some order."""
    sample = _known(texts)[:200]
    return bool(sample) and sum(convert_dates([t]) is not None for t in sample) * 2 > len(sample)


def _days(name: str, texts: Sequence[str], context: Context) -> tuple[NDArray[np.float64], bool]:
    """Each cell as a day number, NaN where blank or odd; False where odd ones were told."""
    known = _known(texts)
    dates, odd = convert_dates(known), set[str]()
    if dates is None:
        odd = _odd_ones(known)
        rows = np.array([text in odd for text in texts])
        context.notes.fault(
            "reading.dates_mixed",
            name,
            seen=sorted(odd)[:_SHOWN],
            lines=context.lines(rows),
            rows=int(rows.sum()),
        )
        known = [text for text in known if text not in odd]
        dates = convert_dates(known)
    day: dict[str, float] = {}
    if known and dates is not None:
        day = {text: float(one.toordinal()) for text, one in zip(known, dates.values, strict=True)}
    return np.array([day.get(text, np.nan) for text in texts]), not odd


def _odd_ones(known: Sequence[str]) -> set[str]:
    """Cells that do not fit the order that fits most of them."""
    best: set[str] = set(known)
    for example in ("2001-02-23", "23/02/2001", "02/23/2001"):
        odd = {text for text in known if _style(text, example) is False}
        best = min(best, odd, key=len)
    return best or set(known)


def _style(text: str, example: str) -> bool:
    return convert_dates([example, text]) is not None


def _years(
    table: RawTable, roles: Roles, name: str, texts: Sequence[str], context: Context
) -> NDArray[np.int64] | None:
    """Whole years completed on the day of the decision, -1 where not known."""
    if roles.date is None:
        context.notes.fault("reading.date_needed", name)
        return None
    begun, sound = _days(name, texts, context)
    decided, known = _days(roles.date, _text(table, roles.date), context)
    # cells that fit are looked at all the same: all faults are told at once
    late = begun > decided
    if bool(late.any()):
        context.notes.fault(
            "reading.date_in_future",
            name,
            seen=[texts[i] for i in np.flatnonzero(late)[:_SHOWN]],
            lines=context.lines(late),
            rows=int(late.sum()),
        )
    if late.any() or not (sound and known):
        return None
    years = np.full(len(texts), -1, dtype=np.int64)
    for place in np.flatnonzero(~np.isnan(begun) & ~np.isnan(decided)):
        years[place] = completed_years(int(begun[place]), int(decided[place]))
    return years


def completed_years(begun: int, day: int) -> int:
    """Birthdays (or anniversaries) between two day numbers; 29 February counts from 1 March."""
    first, last = dt.date.fromordinal(begun), dt.date.fromordinal(day)
    before = (last.month, last.day) < (first.month, first.day)
    return last.year - first.year - before


def _two_writings(texts: Sequence[str]) -> bool:
    """Whether ``80 %`` and ``0,8`` stand in one column, and nothing else."""
    known = _known(texts)
    percent = [text for text in known if text.endswith("%")]
    shares = [text for text in known if not text.endswith("%")]
    return bool(percent) and bool(shares) and all(map(_SHARE.fullmatch, shares))


def _as_share(text: str) -> str:
    """``80 %`` as ``0.8``, whatever else as it is, with a decimal point."""
    written = text.replace(",", ".")
    if not written.endswith("%"):
        return written
    try:
        return f"{float(written[:-1].strip()) / 100:.15g}"
    except ValueError:
        return text


def _full_time(texts: Sequence[str], table: RawTable) -> float | None:
    """What full time is written as: 1 or 100; None where the column holds no shares."""
    known = _known(texts)
    if not known:
        return None
    numbers = convert_numbers(pa.array(known, pa.string()), decimal_comma=table.decimal_comma)
    if not numbers.sound or numbers.ambiguous:
        return None
    values: Any = numbers.values
    highest = float(np.max(values))
    if float(np.min(values)) <= 0:
        return None
    return next((full for full in _FULL if full * 0.5 < highest <= full * 1.0001), None)
