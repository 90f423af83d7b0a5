"""One source, two notebooks: ``source/<name>.py`` makes ``<name>.fr.ipynb``, ``<name>.en.ipynb``.

The source is a percent-format script (jupytext). Cells marked ``lang="fr"`` or ``lang="en"`` go
to that language alone; code goes to both, so that the two cannot drift apart. Notebooks are kept
without outputs; ``--check`` fails where one is not what its source makes, ``--render`` runs them
and writes a page with outputs into ``reports/notebooks`` for readers without Jupyter.

    python notebooks/pairing.py            write the notebooks anew
    python notebooks/pairing.py --check    tell which are out of step
    python notebooks/pairing.py --render   run them, write the pages  [NAME ...]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

HERE = Path(__file__).parent
SOURCE = HERE / "source"
PAGES = HERE.parent / "reports" / "notebooks"
LANGUAGES = ("fr", "en")
_FIRST = "import os\n\nos.environ['ALGO_AUDIT_LANG'] = '{language}'\n%load_ext algo_audit"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_KEPT = ("tags", "jupyter")  # what of a cell's metadata goes into the notebook


def names() -> list[str]:
    """Names of the sources, without ending."""
    return sorted(path.stem for path in SOURCE.glob("*.py"))


def notebook(name: str, language: str) -> NotebookNode:
    """The notebook of one source in one language, without outputs."""
    text = (SOURCE / f"{name}.py").read_text(encoding="utf-8")
    read = jupytext.reads(text, fmt="py:percent")
    cells = [nbformat.v4.new_code_cell(_FIRST.format(language=language))]
    for cell in read.cells:
        if cell.metadata.get("lang", language) != language:
            continue
        kept = {key: cell.metadata[key] for key in _KEPT if key in cell.metadata}
        if cell.cell_type == "markdown":
            made = nbformat.v4.new_markdown_cell(cell.source, metadata=kept)
        else:
            made = nbformat.v4.new_code_cell(cell.source, metadata=kept)
        cells.append(made)
    # the title is what a reader should see first
    if len(cells) > 1 and cells[1].cell_type == "markdown":
        cells[0], cells[1] = cells[1], cells[0]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place:02d}"
    return nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "title": _title(cells),
        },
    )


def _title(cells: list[NotebookNode]) -> str:
    first = next(cell.source for cell in cells if cell.cell_type == "markdown")
    return str(first).splitlines()[0].lstrip("# ").strip()


def written(name: str, language: str) -> str:
    """The notebook as its file holds it."""
    return str(nbformat.writes(notebook(name, language))) + "\n"


def path_of(name: str, language: str) -> Path:
    """Where a notebook stands."""
    return HERE / f"{name}.{language}.ipynb"


def out_of_step() -> list[str]:
    """Files that are not what their source makes, and files without a source."""
    wanted = {path_of(n, language): (n, language) for n in names() for language in LANGUAGES}
    wrong = [
        path.name
        for path, key in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != written(*key)
    ]
    return wrong + [path.name for path in HERE.glob("*.ipynb") if path not in wanted]


def run(name: str, language: str) -> NotebookNode:
    """The notebook with the outputs of a run."""
    from nbclient import NotebookClient

    made = notebook(name, language)
    NotebookClient(made, timeout=600, kernel_name="python3").execute()
    for cell in made.cells:
        cell.metadata.pop("execution", None)  # the time of day: equal runs give equal pages
    return made


def _without_widgets(made: NotebookNode) -> NotebookNode:
    """A slider does nothing on a page, and its page would fetch a script from the network."""
    made.metadata.pop("widgets", None)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if _WIDGET not in one.get("data", {})]
    return made


def render(name: str, language: str) -> None:
    """Run a notebook and write its page, for readers without Jupyter."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_name="lab", embed_images=True)
    for script in ("mathjax", "require_js", "mermaid_js", "mermaid_layout_elk_js"):
        setattr(exporter, f"{script}_url", "")  # nothing from the network
    made = _without_widgets(run(name, language))
    page, _ = exporter.from_notebook_node(made, {"metadata": {"name": made.metadata["title"]}})
    page = page.replace('<html lang="en">', f'<html lang="{language}">', 1)
    PAGES.mkdir(parents=True, exist_ok=True)
    (PAGES / f"{name}.{language}.html").write_text(page, encoding="utf-8", newline="\n")


def main() -> int:
    """Write, check or render; exit code 1 where ``--check`` finds a notebook out of step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--render", action="store_true")
    parser.add_argument("names", nargs="*", help="sources (all unless named)")
    told = parser.parse_args()
    if told.check:
        wrong = out_of_step()
        sys.stderr.write("".join(f"out of step: {name}\n" for name in wrong))
        return 1 if wrong else 0
    for name in told.names or names():
        for language in LANGUAGES:
            path_of(name, language).write_text(
                written(name, language), encoding="utf-8", newline="\n"
            )
            if told.render:
                sys.stderr.write(f"running {name}.{language}\n")
                render(name, language)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    sys.exit(main())
