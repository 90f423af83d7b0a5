"""What stands beside everything that was drawn from a stand-in: how far it can be trusted."""

from __future__ import annotations

from algo_audit.report.chapters.model_words import Teller
from algo_audit.report.context import Context


def is_stand_in(context: Context) -> bool:
    """Whether there was no model, and one was fitted to the log in its place."""
    model = context.result.model
    return model is not None and Teller(context, model).stands_in


def said(context: Context, sentence: str, *, brief: bool = False) -> str:
    """A sentence on the model; drawn from a stand-in, with its fidelity before it.

    ``brief``: the short form, for the lines of a list that a full sentence opens.
    """
    model = context.result.model
    return sentence if model is None else Teller(context, model).told(sentence, brief=brief)


def said_all(context: Context, sentences: list[str]) -> tuple[str, ...]:
    """The lines of a list: the first one in full, the others in short."""
    return tuple(said(context, text, brief=place > 0) for place, text in enumerate(sentences))


def drawn_from(context: Context) -> tuple[str, ...]:
    """What stands under a table or a figure drawn from a stand-in; nothing for a real model."""
    model = context.result.model
    return () if model is None else Teller(context, model).notes
