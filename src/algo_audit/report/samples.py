"""The reports that are shipped as samples, and whether they still are what the code makes.

``reports/<case>/`` holds the committee's report in both languages and the result it was made
from (``audit.json.gz``; the people are fictitious). Pages are shipped without the files to save
that a report carries inside, which would double them.
"""

from __future__ import annotations

import gzip
import re
import tempfile
from pathlib import Path

from algo_audit.audit import AuditResult, run_audit
from algo_audit.cases.case import builtin_case
from algo_audit.cases.datasets import dataset_path
from algo_audit.cases.folders import builtin_keys
from algo_audit.cases.workshop_files import SheetFile, holds
from algo_audit.report.building import build_report
from algo_audit.report.data_sheet import build_data_sheet
from algo_audit.report.document import Language
from algo_audit.report.html import render_html
from algo_audit.report.json import read_json, write_json

RESULT = "audit.json.gz"
LANGUAGES: tuple[Language, ...] = ("fr", "en")
_SAVED = re.compile(r'<p class="saved">.*?</p>\n?', re.DOTALL)
_DRAWING = re.compile(r"<svg.*?</svg>", re.DOTALL)
# anchors of drawings and versions of libraries differ from one machine to the next
_VERSIONS = re.compile(r"\d+\.\d+\.\d+\S*")


def page_of(result: AuditResult, language: Language) -> str:
    """The sample page of a result: the committee's report without files to save."""
    return _SAVED.sub("", render_html(build_report(result, language)))


def words_of(page: str) -> str:
    """What of a page has to be the same on every machine: drawings and versions apart."""
    return _VERSIONS.sub("", _DRAWING.sub("", page))


def stored_result(folder: Path) -> AuditResult:
    """The result that a folder's pages were made from."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "audit.json"
        path.write_bytes(gzip.decompress((folder / RESULT).read_bytes()))
        return read_json(path)


def write_samples(key: str, folder: Path) -> None:
    """Audit a case and write its sample reports.

    Parameters
    ----------
    key : str
        Name of a built-in case.
    folder : pathlib.Path
        ``reports/<case>``; made when it is not there.
    """
    case = builtin_case(key)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "audit.json"
        write_json(run_audit(case, case.read()), path)
        # no time and no name in the archive: equal results give equal bytes
        (folder / RESULT).write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    result = stored_result(folder)
    for language in LANGUAGES:
        page = page_of(result, language)
        (folder / f"audit.{language}.html").write_text(page, encoding="utf-8", newline="\n")


def write_all(folder: Path) -> None:
    """Write every case's sample reports, and its data sheets."""
    for key in builtin_keys():
        write_samples(key, folder / key)
        if holds(key, SheetFile):
            for language in LANGUAGES:
                path = dataset_path(f"{key}.{language}.md")
                path.write_text(build_data_sheet(key, language), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_all(Path("reports"))
