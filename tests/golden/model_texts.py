"""The chapter on the system made from the models made by hand, and its texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

from algo_audit.explain.chapter import ModelChapters
from algo_audit.report.building import walk
from algo_audit.report.chapters.model import model
from algo_audit.report.chapters.model_words import Teller
from algo_audit.report.context import Context
from algo_audit.report.document import Section
from algo_audit.report.phrases import Phrases

from .document_texts import _of_block
from .realistic_model import bare_model, realistic_model, stand_in, with_model

Part = Callable[[Teller], Section | None]
MODELS = {"grid": realistic_model, "stand_in": stand_in, "bare": bare_model}
BOTH = list(product(("fr", "en"), MODELS))


def chapter(found: ModelChapters, language: str, threshold: int | None = None) -> Section:
    made = model(Context(with_model(found), Phrases(language, "full", threshold)))
    assert made is not None
    return made


def only(part: Part, found: ModelChapters, language: str, threshold: int | None = None) -> Section:
    """One part of the chapter."""
    context = Context(with_model(found), Phrases(language, "full", threshold))
    made = part(Teller(context, found))
    assert made is not None
    return made


def texts(section: Section) -> list[tuple[str, str]]:
    """(section id, text) of every text of a section, in reading order."""
    return [
        pair
        for part in walk((section,))
        for pair in (
            (part.id, part.title),
            *((part.id, text) for block in part.blocks for text in _of_block(block)),
        )
    ]


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


def said(section: Section) -> str:
    return "\n".join(plain(text) for _, text in texts(section))


def blocks(section: Section, kind: type) -> list[Any]:
    return [b for part in walk((section,)) for b in part.blocks if isinstance(b, kind)]
