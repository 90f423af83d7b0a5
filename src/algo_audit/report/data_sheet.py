"""The data sheet of a built-in case's file, as Markdown: written from what made the file.

The dictionary and the words stand in ``sheet.toml``; the causes are those of the ``GRAPH`` that
drew the rows, the figures are measured on the file: the sheet cannot drift from either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from algo_audit.cases.datasets import dataset_path
from algo_audit.cases.folders import generator_of, story_of
from algo_audit.cases.truth import read_truth
from algo_audit.cases.workshop_files import Both, MarginLine, SheetFile, read_file
from algo_audit.report.document import Language
from algo_audit.report.pack_words import line_of
from algo_audit.report.phrases import Phrases

if TYPE_CHECKING:
    import pandas as pd


def measured(table: pd.DataFrame, line: MarginLine) -> float:
    """What the file shows of a margin.

    Parameters
    ----------
    table : DataFrame
        The file, numbers as numbers, blanks as none.
    line : MarginLine
        ``share`` and ``mean``, ``median`` are of the rows that are not blank; a cell that
        says "non renseigné" is blank.

    Returns
    -------
    float
        A share between 0 and 1, or a mean or median in the column's own unit.
    """
    import pandas as pd

    from algo_audit.data.vocabulary import is_unknown

    rows = table
    for name, value in line.where.items():
        rows = rows[rows[name].astype(str) == value]
    column = rows[line.column]
    stated = column[[not (pd.isna(cell) or is_unknown(str(cell))) for cell in column]]
    if line.measure == "blank":
        return 1 - len(stated) / len(column)
    if line.measure == "share":
        return float((stated.astype(str) == line.value).mean())
    numbers = stated.astype(float)
    return float(numbers.mean() if line.measure == "mean" else numbers.median())


def build_data_sheet(key: str, language: Language) -> str:
    """The data sheet of a case in one language.

    Parameters
    ----------
    key : str
        Name of a built-in case with a ``sheet.toml``.
    language : {"fr", "en"}

    Returns
    -------
    str
        Markdown; equal for equal inputs.
    """
    import pandas as pd

    phrases = Phrases(language, "full", None)
    sheet, made = read_file(key, SheetFile), generator_of(key)
    table = pd.read_csv(dataset_path(key), sep=";", decimal=",", encoding="utf-8-sig")
    head = [
        f"# {phrases.say('data_sheet.title', file=f'`{key}.csv`')}",
        phrases.say("data_sheet.invented"),
        phrases.say("data_sheet.generated"),
    ]
    parts = [
        ("purpose", [line_of(phrases, sheet.purpose)]),
        ("composition", [_size(phrases, key), _paragraphs(phrases, sheet.composition)]),
        ("columns", _dictionary(phrases, sheet)),
        ("causes", [phrases.say("data_sheet.causes.how"), *_causes(phrases, key, sheet)]),
        ("margins", [phrases.say("data_sheet.margins.how"), _margins(phrases, sheet, table)]),
        ("made", [phrases.say("data_sheet.made", case=key, rows=str(made.ROWS), seed=made.SEED)]),
        ("uses", [line_of(phrases, sheet.uses), phrases.say("data_sheet.licence")]),
    ]
    for name, blocks in parts:
        head += [f"## {phrases.say(f'data_sheet.{name}.title')}", *blocks]
    return "\n\n".join(block.strip() for block in head) + "\n"


def _paragraphs(phrases: Phrases, text: Both) -> str:
    return "\n".join(phrases.typeset(line) for line in text.text(phrases.language).split("\n"))


def _size(phrases: Phrases, key: str) -> str:
    truth = read_truth(key)
    columns = len(read_file(key, SheetFile).columns)
    return phrases.say(
        "data_sheet.size",
        rows=phrases.whole(truth.rows),
        columns=phrases.whole(columns),
        sha=f"`{truth.sha256[:16]}`",
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _dictionary(phrases: Phrases, sheet: SheetFile) -> list[str]:
    heads = [phrases.say(f"data_sheet.column.{one}") for one in ("name", "meaning", "values")]
    rows = [_row(*heads), "|---|---|---|"]
    rows += [
        _row(f"`{one.name}`", line_of(phrases, one.meaning), line_of(phrases, one.values_held))
        for one in sheet.columns
    ]
    return ["\n".join(rows)]


def _causes(phrases: Phrases, key: str, sheet: SheetFile) -> list[str]:
    """The graph, drawn (Mermaid) and as a table; what no column shows is dashed."""
    names = {name: line_of(phrases, text) for name, text in sheet.variables.items()}
    lines = ["```mermaid", "flowchart LR"]
    rows = [
        _row(phrases.say("data_sheet.variable"), phrases.say("data_sheet.depends")),
        "|---|---|",
    ]
    hidden = []
    for variable in story_of(key).GRAPH:
        lines.append(f'  {variable.name}["{names[variable.name]}"]')
        lines += [f"  {parent} --> {variable.name}" for parent in variable.parents]
        if not variable.observed:
            hidden.append(variable.name)
        parents = ", ".join(names[parent] for parent in variable.parents)
        shown = names[variable.name] + ("" if variable.observed else " *")
        rows.append(_row(shown, parents or phrases.say("data_sheet.nothing")))
    if hidden:
        lines += ["  classDef hidden stroke-dasharray: 4 4", f"  class {','.join(hidden)} hidden"]
    return ["\n".join([*lines, "```"]), "\n".join(rows), phrases.say("data_sheet.unobserved")]


def _margins(phrases: Phrases, sheet: SheetFile, table: pd.DataFrame) -> str:
    heads = [phrases.say(f"data_sheet.margin.{one}") for one in ("name", "meant", "file", "source")]
    rows = [_row(*heads), "|---|---|---|---|"]
    for line in sheet.margins:
        share = line.measure in ("share", "blank")
        form = phrases.percent if share else lambda value: phrases.decimal(value, 1)
        texts = (form(line.target), form(measured(table, line)))
        rows.append(_row(line_of(phrases, line.name), *texts, line_of(phrases, line.source)))
    return "\n".join(rows)
