"""What is planted in a built-in case, and who would have had the places otherwise: printed."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from algo_audit.cli.session import Session

if TYPE_CHECKING:
    from algo_audit.cases.case import Case

_SMALLEST_SHOWN = 0.0005


def reveal_truth(session: Session, key: str) -> None:
    """Print what was planted, and what the shipped file shows of it."""
    from algo_audit.cases.truth import read_truth

    truth, typeset = read_truth(key), session.formats.typeset
    session.print()
    session.say("cli.reveal.head", file=truth.dataset)
    for number, planted in enumerate(truth.planted, 1):
        session.print()
        session.print(f"{number}. {typeset(planted.name[session.language])}")
        for texts in (planted.mechanism, planted.shows):
            session.print(f"   {typeset(texts[session.language])}")
        for fact in planted.facts:
            name, value = typeset(fact.name[session.language]), _short(session, float(fact.value))
            session.print(f"   - {name}{session.text('init.toml.colon')}{value}")
        session.print(f"   {typeset(planted.lesson[session.language])}")


def _short(session: Session, value: float) -> str:
    """Counts as they are, other figures with three significant digits."""
    if value.is_integer() and value:
        return session.formats.number(value)
    if 0 <= value < _SMALLEST_SHOWN:
        return session.formats.p_value(value)
    digits = 2 - floor(log10(abs(value)))
    return session.formats.number(value, min(max(digits, 0), 3))


def reveal_ways(session: Session, case: Case) -> None:
    """Print who would have had the places otherwise, and with what later results."""
    from algo_audit.cases.ways import compare_ways

    found = compare_ways(case)
    formats = session.formats
    session.print()
    session.say("ways.head", places=formats.number(round(found[0].places)))
    for way in found:
        name = session.text(f"ways.{way.key}")
        alike = formats.percent(way.alike, 0)
        if way.later is None:
            told = session.text("ways.said.no_later", way=name, alike=alike)
        else:
            later = formats.percent(way.later, 1)
            told = session.text("ways.said", way=name, alike=alike, later=later)
        session.print(f"- {told}")
        for attribute in dict.fromkeys(one.attribute for one in way.groups):
            groups = [
                session.text("ways.group", group=one.group, rate=formats.percent(one.rate, 1))
                for one in way.groups
                if one.attribute == attribute
            ]
            listed = ", ".join(groups)
            session.print(f"  {session.text('ways.groups', attribute=attribute, groups=listed)}")
    session.say("ways.known")
