"""Provenance: the file's fingerprint, versions, settings, seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from algo_audit.report.context import Context
from algo_audit.report.document import Cell, Paragraph, Section, Table

_DELIMITERS = {"\t": "TAB"}


def provenance(context: Context) -> Section:
    """What is needed to make the same report again."""
    phrases, result = context.phrases, context.result
    source, policy = result.source, result.policy
    day = ""
    if result.audited_on:
        day = phrases.formats.date(dt.date.fromisoformat(result.audited_on))
    lines: list[tuple[str, str]] = [
        (phrases.say("provenance.file"), source.name),
        (phrases.say("provenance.sha256"), source.sha256),
        (phrases.say("provenance.rows"), phrases.whole(source.rows)),
        (phrases.say("provenance.rows_used"), phrases.whole(source.rows_used)),
        (phrases.say("provenance.encoding"), source.encoding),
        (
            phrases.say("provenance.delimiter"),
            _DELIMITERS.get(source.delimiter, source.delimiter),
        ),
        (phrases.say("provenance.sheet"), source.sheet),
        (phrases.say("provenance.date"), day),
        (phrases.say("provenance.margin"), phrases.ratio(policy.margin)),
        (phrases.say("provenance.seed"), str(policy.seed)),
        (
            phrases.say("provenance.audience"),
            phrases.say(f"audience.{phrases.audience}"),
        ),
    ]
    lines += [
        (phrases.say("provenance.version", name=name), str(version))
        for name, version in sorted(_versions(result.tool).items())
    ]
    rows = tuple((Cell(name), Cell(text)) for name, text in lines if text)
    heads = (phrases.say("column.item"), phrases.say("column.value"))
    table = Table("provenance-table", phrases.say("provenance.caption"), heads, rows)
    blocks = (Paragraph(phrases.say("provenance.intro")), table)
    return Section("provenance", "", phrases.say("section.provenance"), blocks)


def _versions(tool: Mapping[str, Any]) -> dict[str, str]:
    """Names and versions out of ``tool``; the seed stands in the policy."""
    versions = {str(name): str(value) for name, value in tool.items() if isinstance(value, str)}
    own = versions.pop("name", "algo_audit")
    return {own if name == "version" else name: text for name, text in versions.items()}
