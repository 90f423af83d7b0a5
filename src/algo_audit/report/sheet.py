"""The sheet that one person receives: one or two pages, in plain words, with nobody else in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from algo_audit.data.actions import Action
from algo_audit.data.decisions import Source
from algo_audit.data.policy import EmployerStatus
from algo_audit.errors import AuditError
from algo_audit.explain.person import PersonExplanation
from algo_audit.report.document import Document, Language
from algo_audit.report.sheet_calculation import operations, weight
from algo_audit.report.sheet_decision import data, decision
from algo_audit.report.sheet_rights import provenance, rights
from algo_audit.report.sheet_ways import steadiness, ways
from algo_audit.report.sheet_words import SheetPhrases, SheetWords, in_order


def build_sheet(
    person: PersonExplanation,
    language: Language,
    *,
    source: Source,
    status: EmployerStatus | None = None,
    actions: Sequence[Action] = (),
    texts: Mapping[str, Mapping[str, str]] | None = None,
    made_on: str = "",
    version: str = "",
) -> Document:
    """Say to one person what was decided and why.

    The four elements that R311-3-1-2 asks of a French public body stand in it: degree and mode
    of the algorithm's contribution, data and their sources, parameters and their weight in
    this case, operations performed.

    Parameters
    ----------
    person : PersonExplanation
    language : {"fr", "en"}
    source : Source
        The file of decisions: its name and fingerprint are printed.
    status : {"public", "private", "unknown"}, optional
        The employer's kind: which rights and deadlines are printed; the person's own ``status``
        unless given.
    actions : sequence of Action
        For what a change takes, in words.
    texts : mapping of language to mapping, optional
        ``title`` of the case.
    made_on : str
        ISO date, "" for none.
    version : str
        Of this tool.

    Returns
    -------
    Document
        For audience ``person``; no score, identifier or value of anybody else.

    Raises
    ------
    AuditError
        ``person.stand_in``: the explanation comes from a stand-in, and the law wants
        what was actually applied (C-203/22).
    """
    if person.description.kind == "surrogate":
        raise AuditError("person.stand_in", person.identifier)
    phrases = SheetPhrases(language)
    phrases.learn(person.criteria)
    case = (texts or {}).get(language) or {}
    words = SheetWords(person, phrases, source, case, actions)
    sections = in_order(
        (
            decision(words),
            data(words),
            weight(words),
            operations(words),
            ways(words),
            steadiness(words),
            rights(words, person.status if status is None else status),
            provenance(words, made_on=made_on, version=version),
        )
    )
    return Document(
        language=language,
        audience="person",
        title=words.say("title"),
        subtitle=phrases.typeset(str(case.get("title", ""))),
        banner=words.say("banner"),
        sections=sections,
        meta={
            "kind": "sheet",
            "cover": False,
            "cartouche": _card(words),
            "sha256": source.sha256,
            "date": made_on,
            "version": version,
        },
    )


def _card(words: SheetWords) -> tuple[tuple[str, str], ...]:
    person, phrases = words.person, words.phrases
    rows = [
        ("file", phrases.typeset(person.identifier)),
        ("decision", phrases.typeset(person.outcome_value)),
        ("system", words.system),
    ]
    return tuple((words.say(f"card.{name}"), text) for name, text in rows)
