"""The sector-level view as a Document: several employers, none named, no row of any of them."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.audit import AuditResult
from algo_audit.charts.points import Kind, Point, draw_points
from algo_audit.data.limits import Limits, read_limits
from algo_audit.fairness.sector import Employer, EmployerGap, Sector, SectorGap, employer_gap
from algo_audit.report.building import numbered
from algo_audit.report.document import (
    Audience,
    Block,
    Cell,
    Document,
    Figure,
    Finding,
    Language,
    ListBlock,
    Note,
    Paragraph,
    Section,
    Table,
)
from algo_audit.report.figures import figure_block
from algo_audit.report.phrases import Phrases
from algo_audit.report.privacy import rule_of

_HEADS = (
    "employer",
    "people",
    "favourable",
    "people_reference",
    "favourable_reference",
    "difference",
    "ratio",
)
_INCONSISTENT = (
    0.5  # I² from which employers are said to differ (Higgins and others 2003: moderate)
)


def employer_of(result: AuditResult, file: str) -> Employer:
    """An employer's counts, from its audit.json: groups compared or small, no unknowns."""
    tables: dict[str, dict[str, tuple[int, int]]] = {}
    for row in result.groups:
        if row.group is not None and row.attribute in result.roles.protected:
            tables.setdefault(row.attribute, {})[row.group] = (row.n, row.events)
    return Employer(
        file=file,
        fingerprint=result.source.sha256,
        tables=tables,
        margin=result.policy.margin,
        references=result.policy.reference,
    )


def _merged(own: Sequence[EmployerGap], threshold: int, limits: Limits) -> list[EmployerGap]:
    """Employers with a small cell in one line; one alone takes the smallest other along."""
    small = [one for one in own if _smallest_cell(one) < threshold]
    kept = [one for one in own if one not in small]
    while small and kept and (len(small) == 1 or _smallest_cell(_sum(small, limits)) < threshold):
        least = min(kept, key=lambda one: one.n + one.n_reference)
        kept.remove(least)
        small.append(least)
    if not small:
        return kept
    total = _sum(small, limits)
    return [*kept, total] if _smallest_cell(total) >= threshold else kept


def _sum(own: Sequence[EmployerGap], limits: Limits) -> EmployerGap:
    group = sum(one.n for one in own), sum(one.events for one in own)
    other = sum(one.n_reference for one in own), sum(one.events_reference for one in own)
    return employer_gap("", group, other, limits, merged=len(own))


def _smallest_cell(one: EmployerGap) -> int:
    cells = (one.n, one.n_reference)
    halves = (
        one.events,
        one.n - one.events,
        one.events_reference,
        one.n_reference - one.events_reference,
    )
    return min(*cells, *(cell for cell in halves if cell), 10**9)


def build_sector(
    sector: Sector,
    language: Language,
    *,
    audience: Audience = "committee",
    limits: Limits | None = None,
) -> Document:
    """Say a sector's gaps in one language, small cells of employers merged.

    Parameters
    ----------
    sector : Sector
    language : {"fr", "en"}
    audience : {"committee", "public"}
        Which cells are small (``full``: none).
    limits : Limits, optional
    """
    limits = limits or read_limits()
    rule = rule_of(audience, limits)
    phrases = Phrases(language, audience, None if rule is None else rule.threshold)
    threshold = 0 if rule is None else rule.threshold
    sections = [_what(phrases, sector), _essential(phrases, sector)]
    sections += [
        _gap(phrases, one, place, _merged(one.employers, threshold, limits))
        for place, one in enumerate(sector.gaps, 1)
    ]
    sections.append(_limits(phrases))
    return Document(
        language=language,
        audience=audience,
        title=phrases.say("sector.title"),
        subtitle=phrases.say("sector.subtitle", employers=phrases.whole(sector.employers)),
        banner=phrases.say(f"banner.{audience}", threshold=phrases.threshold),
        sections=numbered(sections),
        meta={
            "kind": "sector",
            "cover": False,
            "annex": True,
            "cartouche": [
                (phrases.say("sector.card.employers"), phrases.whole(sector.employers)),
                (phrases.say("sector.card.margin"), phrases.ratio(sector.margin)),
            ],
            "sha256": "",
            "date": "",
            "version": "",
        },
    )


def _what(phrases: Phrases, sector: Sector) -> Section:
    blocks: list[Block] = [
        Paragraph(phrases.say("sector.what", employers=phrases.whole(sector.employers)), "lead"),
        Paragraph(phrases.say("sector.what.within")),
    ]
    if sector.left_out:
        names = phrases.listed([phrases.quoted(name) for name in sector.left_out])
        blocks.append(Paragraph(phrases.say("sector.left_out", names=names)))
    return Section("sector-what", "", phrases.say("sector.section.what"), tuple(blocks))


def _places(phrases: Phrases, one: SectorGap) -> dict[str, str]:
    row = one.comparison
    return {
        "attribute": phrases.quoted(row.attribute),
        "group": phrases.group(row.group),
        "reference": phrases.group(row.reference),
        "difference": phrases.measured(row.difference, phrases.points),
        "ratio": phrases.measured(row.ratio, phrases.ratio),
        "shortfall": phrases.absent
        if row.shortfall is None
        else phrases.people(abs(row.shortfall.value)),
        "p": phrases.p_said(row.p_adjusted),
    }


def _essential(phrases: Phrases, sector: Sector) -> Section:
    found = []
    for place, one in enumerate(sector.gaps, 1):
        row, names = one.comparison, _places(phrases, one)
        lacks = row.shortfall is not None and row.shortfall.value >= 0
        found.append(
            Finding(
                id=f"sector-finding-{place}",
                headline=phrases.say("sector.lacks" if lacks else "sector.more", **names),
                detail=phrases.say("sector.detail", **names) + " " + _differ(phrases, one),
                sureness=phrases.say(f"sector.sure.{row.verdict or 'none'}", **names),
                verdict=phrases.verdict(row.verdict),
                chapter=f"sector-{place}",
                code=row.verdict or "not_shown",
                key=f"sector:{row.attribute}:{row.group}",
            )
        )
    title = phrases.say("section.essential")
    return Section("essential", "", title, tuple(found), starts_page=True)


def _differ(phrases: Phrases, one: SectorGap) -> str:
    if one.inconsistency is None:
        return ""
    key = "sector.differ" if one.inconsistency >= _INCONSISTENT else "sector.alike"
    p = None if one.gap is None else one.gap.homogeneity_p_value
    told = (
        phrases.say("sector.homogeneity.none")
        if p is None
        else phrases.say("sector.homogeneity", p=phrases.p_said(p))
    )
    return phrases.say(key, share=phrases.percent(one.inconsistency), homogeneity=told)


def _name(phrases: Phrases, one: EmployerGap) -> str:
    if one.merged > 1:
        return phrases.say("sector.merged", count=phrases.whole(one.merged))
    return phrases.say("sector.employer", letter=one.employer)


def _row(phrases: Phrases, one: EmployerGap) -> tuple[Cell, ...]:
    return (
        Cell(_name(phrases, one)),
        phrases.count_cell(one.n),
        phrases.count_cell(one.events),
        phrases.count_cell(one.n_reference),
        phrases.count_cell(one.events_reference),
        phrases.interval_cell(one.difference, phrases.points),
        phrases.interval_cell(one.ratio, phrases.ratio),
    )


def _forest(phrases: Phrases, one: SectorGap, shown: Sequence[EmployerGap], place: int) -> Figure:
    row = one.comparison
    lettering = phrases.lettering(difference=phrases.say("sector.axis"))
    points = [
        Point(
            _name(phrases, e),
            lettering.points(e.difference.value),
            e.difference.value,
            e.difference.low,
            e.difference.high,
        )
        for e in shown
    ]
    kind: Kind = "adjusted"
    if row.difference is not None:
        d = row.difference
        points.append(
            Point(
                phrases.say("sector.together"),
                lettering.points(d.value),
                d.value,
                d.low,
                d.high,
                kind,
            )
        )
    names = _places(phrases, one)
    caption = phrases.say("sector.forest.caption", **names)
    heads = tuple(phrases.say(f"sector.column.{name}") for name in _HEADS)
    lines = [
        phrases.say(
            "sector.forest.row",
            employer=_name(phrases, e),
            difference=phrases.measured(e.difference, phrases.points),
        )
        for e in shown
    ]
    return figure_block(
        draw_points(
            points,
            form=lettering.tick_points,
            title=lettering.words["difference"],
            zero=0.0,
            hard=(-1.0, 1.0),
        ),
        caption=caption,
        alternative=phrases.say("sector.forest.alternative", rows=" ".join(lines), **names),
        data=Table(f"sector-{place}-data", caption, heads, tuple(_row(phrases, e) for e in shown)),
        notes=(phrases.say("sector.forest.legend"),),
    )


def _gap(phrases: Phrases, one: SectorGap, place: int, shown: Sequence[EmployerGap]) -> Section:
    names = _places(phrases, one)
    blocks: list[Block] = [Paragraph(phrases.say("sector.detail", **names))]
    differ = _differ(phrases, one)
    if differ:
        blocks.append(Paragraph(differ))
    if shown:
        blocks.append(_forest(phrases, one, shown, place))
    return Section(f"sector-{place}", "", phrases.say("sector.section.gap", **names), tuple(blocks))


def _limits(phrases: Phrases) -> Section:
    items = tuple(
        phrases.say(f"sector.limit.{name}") for name in ("marginal", "chosen", "same", "who")
    )
    blocks = (
        ListBlock(items),
        Note(phrases.say("essential.cause.title"), (phrases.say("essential.cause"),), "caution"),
    )
    return Section("sector-limits", "", phrases.say("section.limits"), blocks)
