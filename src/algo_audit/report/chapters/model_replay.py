"""Does the model say what was decided? Everyone, then group by group; a stand-in's fidelity too."""

from __future__ import annotations

from collections.abc import Sequence

from algo_audit.charts.agreement import agreements
from algo_audit.data.limits import read_limits
from algo_audit.explain.replay import Replay
from algo_audit.explain.surrogate import Fidelity, GroupFidelity
from algo_audit.fairness.comparison import Estimate
from algo_audit.report.chapters.model_words import Teller, heads
from algo_audit.report.context import ROWS_IN_FIGURE
from algo_audit.report.document import Block, Cell, ListBlock, Note, Paragraph, Section, Table
from algo_audit.report.figures import figure_block

_WHY = ("humans", "version", "inputs", "rule")
_APART = 0.05  # groups whose agreement differs by more than this are named


def _name(teller: Teller, row: GroupFidelity) -> str:
    phrases = teller.phrases
    return phrases.say(
        "model.group", attribute=phrases.quoted(row.attribute), group=phrases.group(row.group)
    )


def group_block(
    teller: Teller,
    everyone: Estimate,
    groups: Sequence[GroupFidelity],
    *,
    id: str,  # noqa: A002
    caption: str,
) -> list[Block]:
    """Agreement of everyone and of each group: drawn where there are groups, with its table."""
    phrases = teller.phrases
    if not groups:
        return []
    named = [(phrases.say("model.everyone"), everyone)]
    named += [(_name(teller, row), row.agreement) for row in groups]
    titles = heads(phrases, "groups_only", "people", "agreement")
    rows = tuple(
        (
            Cell(label),
            phrases.count_cell(share.n if share.value is not None else None),
            phrases.interval_cell(share, phrases.percent)
            if share.value is not None
            else Cell(teller.measured(share), None, numeric=True),
        )
        for label, share in named
    )
    drawn = [(label, share) for label, share in named if share.value is not None]
    if len(drawn) <= 1:
        return [Table(f"{id}-table", caption, titles, rows)]
    drawn = drawn[:ROWS_IN_FIGURE]
    lettering = phrases.lettering(agreement=phrases.say("model.axis.agreement"))
    said = [
        phrases.say("model.row", name=label, value=phrases.measured(share, phrases.percent))
        for label, share in drawn
    ]
    figure = figure_block(
        agreements(drawn, lettering=lettering),
        caption=caption,
        alternative=phrases.say("model.agreement.alternative", rows=" ".join(said)),
        data=Table(f"{id}-data", caption, titles, rows),
        notes=(phrases.say("model.agreement.legend"),),
    )
    return [figure, *_apart(teller, everyone, groups)]


def _apart(teller: Teller, everyone: Estimate, groups: Sequence[GroupFidelity]) -> list[Paragraph]:
    """The group that is said least well, where it stands apart beyond chance."""
    phrases, value = teller.phrases, everyone.value
    if value is None:
        return []
    found = [
        (row.agreement.value, row)
        for row in groups
        if row.agreement.value is not None
        and row.agreement.high is not None
        and value - row.agreement.value >= _APART
        and row.agreement.high < value
    ]
    if not found:
        return []
    share, row = min(found, key=lambda pair: pair[0])
    text = phrases.say(
        "model.agreement.apart",
        group=_name(teller, row),
        share=phrases.percent(share),
        everyone=phrases.percent(value),
    )
    return [Paragraph(text)]


# --- a real model --------------------------------------------------------------------------


def _scores(teller: Teller, replay: Replay) -> str | None:
    """How many logged scores come out alike."""
    phrases = teller.phrases
    if not replay.scores:
        return None
    key = "all" if replay.scores_equal == replay.scores else "some"
    return phrases.say(
        f"model.replay.scores.{key}",
        equal=phrases.whole(replay.scores_equal),
        scores=phrases.whole(replay.scores),
        most=teller.score(replay.largest_difference),
    )


def _decided(teller: Teller, replay: Replay) -> list[str]:
    phrases, share = teller.phrases, replay.agreement
    if share.value is None:
        reason = phrases.coded("reason", share.missing_reason or "masked")
        return [phrases.say("model.replay.unknown", reason=reason)]
    values = {
        "rows": phrases.whole(replay.rows),
        "share": phrases.measured(share, phrases.percent),
        "added": phrases.whole(replay.added),
        "dropped": phrases.whole(replay.dropped),
    }
    if replay.added == 0 and replay.dropped == 0:
        said = [phrases.say("model.replay.exact", **values)]
    else:
        said = [phrases.say("model.replay.share", **values)]
        said.append(phrases.say("model.replay.moved", **values))
    if replay.tied:
        tied = phrases.whole(replay.tied)
        said.append(phrases.counted("model.replay.tied", replay.tied, tied=tied))
    advice = replay.advice_agreement
    if advice is not None and advice.value is not None:
        key = "model.replay.advice.all" if advice.value == 1 else "model.replay.advice"
        said.append(phrases.say(key, share=phrases.measured(advice, phrases.percent)))
    return said


def _why(teller: Teller, replay: Replay) -> list[Block]:
    """What may lie behind a difference; where all advice comes out alike, only people do."""
    phrases, advice = teller.phrases, replay.advice_agreement
    if advice is not None and advice.value == 1:
        return [Paragraph(phrases.say("model.replay.people"))]
    items = tuple(phrases.say(f"model.replay.why.{name}") for name in _WHY)
    return [Paragraph(phrases.say("model.replay.why")), ListBlock(items)]


def replayed(teller: Teller) -> Section | None:
    """Whether the model reproduces the log, and what it means where it does not."""
    replay = teller.model.replay
    if replay is None:
        return None
    phrases = teller.phrases
    scores = _scores(teller, replay)
    blocks: list[Block] = [Paragraph(phrases.say("model.replay.intro"))]
    if scores is not None:
        blocks.append(Paragraph(scores))
    blocks += [Paragraph(text) for text in _decided(teller, replay)]
    share = replay.agreement.value
    wanted = read_limits().explain.fidelity
    if share is not None and share < wanted:
        text = phrases.say(
            "model.replay.low",
            share=phrases.percent(share),
            wanted=phrases.formats.percent(wanted, 0),
        )
        blocks.append(Note(phrases.say("model.replay.low.title"), (text,), kind="caution"))
    if share is not None and not (replay.added == 0 and replay.dropped == 0):
        caption = phrases.say("model.replay.caption")
        blocks += group_block(
            teller, replay.agreement, replay.by_group, id="model-replay-groups", caption=caption
        )
        blocks += _why(teller, replay)
    blocks.append(teller.reading("replay"))
    return Section("model-replay", "", phrases.say("section.model.replay"), tuple(blocks))


# --- a stand-in ----------------------------------------------------------------------------


def _against_chance(teller: Teller, fidelity: Fidelity) -> str:
    """Fidelity beside what always answering the commoner decision would reach."""
    phrases, share = teller.phrases, fidelity.agreement
    low = share.low if share.low is not None else share.value
    better = low is not None and low > fidelity.chance
    return phrases.say(
        "model.stand_in.better" if better else "model.stand_in.no_better",
        chance=phrases.percent(fidelity.chance),
    )


def stand_in_note(teller: Teller) -> Note | None:
    """The caution that opens the chapter where there is no model."""
    fidelity = teller.model.fidelity
    if fidelity is None:
        return None
    phrases = teller.phrases
    texts = [phrases.say("model.stand_in")]
    share = fidelity.agreement.value
    if share is None:
        texts.append(phrases.say("model.stand_in.unknown"))
    else:
        told = phrases.say(
            "model.stand_in.fidelity",
            held_out=phrases.whole(fidelity.held_out),
            share=phrases.measured(fidelity.agreement, phrases.percent),
        )
        texts.append(f"{told} {_against_chance(teller, fidelity)}")
        wanted = read_limits().explain.fidelity
        if share < wanted:
            asked = phrases.formats.percent(wanted, 0)
            texts.append(phrases.say("model.stand_in.low", wanted=asked))
    texts += [phrases.say("model.stand_in.use"), phrases.say("model.stand_in.actor")]
    return Note(phrases.say("model.stand_in.title"), tuple(texts), kind="caution")


def imitated(teller: Teller) -> Section | None:
    """How far the stand-in can be trusted, group by group."""
    fidelity = teller.model.fidelity
    if fidelity is None:
        return None
    phrases = teller.phrases
    blocks: list[Block] = [Paragraph(phrases.say("model.fidelity.intro"))]
    if fidelity.auc.value is not None:
        auc = phrases.measured(fidelity.auc, phrases.percent)
        blocks.append(Paragraph(phrases.say("model.fidelity.auc", auc=auc)))
    caption = phrases.say("model.fidelity.caption")
    blocks += group_block(
        teller, fidelity.agreement, fidelity.by_group, id="model-fidelity-groups", caption=caption
    )
    blocks.append(teller.reading("fidelity"))
    return Section("model-fidelity", "", phrases.say("section.model.fidelity"), tuple(blocks))
