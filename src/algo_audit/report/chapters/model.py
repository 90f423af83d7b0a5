"""The system: how it decides. One part for each question; a part without matter is left out."""

from __future__ import annotations

from algo_audit.report.chapters.model_effects import effects
from algo_audit.report.chapters.model_examined import examined, leaks
from algo_audit.report.chapters.model_grid import grid
from algo_audit.report.chapters.model_importance import importance
from algo_audit.report.chapters.model_monotony import monotony
from algo_audit.report.chapters.model_replay import imitated, replayed, stand_in_note
from algo_audit.report.chapters.model_rules import rules
from algo_audit.report.chapters.model_steady import steady
from algo_audit.report.chapters.model_words import Teller
from algo_audit.report.context import Context
from algo_audit.report.document import Block, Paragraph, Section

# Leaking inputs come before anything that is explained with them.
_PARTS = (
    leaks, examined, imitated, replayed, grid, importance, effects, monotony, rules, steady,
)  # fmt: skip


def model(context: Context) -> Section | None:
    """Everything on the model itself; None where no model, and no stand-in, was examined."""
    found = context.result.model
    if found is None:
        return None
    phrases, teller = context.phrases, Teller(context, found)
    blocks: list[Block] = [Paragraph(phrases.say("model.intro"), "lead")]
    caution = stand_in_note(teller)
    if caution is not None:
        blocks.insert(0, caution)
    if phrases.threshold is not None and (found.rules is not None or found.effects):
        blocks.append(Paragraph(phrases.say("drivers.rounded", step=phrases.threshold), "small"))
    sections = tuple(
        section for section in (part(teller) for part in _PARTS) if section is not None
    )
    return Section("model", "", phrases.say("section.model"), tuple(blocks), sections)
