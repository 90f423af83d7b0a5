"""Writing the files of a run: all of them or none, and none over an older one unasked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from algo_audit.cli.options import DOCUMENTS, FORMATS
from algo_audit.errors import AuditError, raise_all
from algo_audit.i18n.catalogue import LANGUAGES

CONFIDENTIAL = "confidential"
JSON_NAME = f"{CONFIDENTIAL}/audit.json"


# First part of a document's file name.
_STEMS = {"report": "audit", "summary": "summary", "form": "form"}
_ENDINGS = {"csv": "csv.zip"}  # one file for each table, together


def document_name(document: str, language: str, kind: str) -> str:
    """``audit.fr.html``, ``summary.en.pdf``, ``audit.fr.csv.zip``."""
    return f"{_STEMS[document]}.{language}.{_ENDINGS.get(kind, kind)}"


def written_as(document: str, kind: str) -> bool:
    """Whether a document is written in a format: tables are the report's alone."""
    return kind != "json" and (document == "report" or kind not in ("xlsx", "csv"))


def names_of(
    languages: Sequence[str], formats: Sequence[str], documents: Sequence[str] = ("report",)
) -> tuple[str, ...]:
    """Names, below the output folder, of everything that a run writes."""
    reports = [
        document_name(document, language, kind)
        for document in documents
        for kind in formats
        if written_as(document, kind)
        for language in languages
    ]
    return (*reports, *((JSON_NAME,) if "json" in formats else ()))


class Delivery:
    """Files prepared in a temporary folder, moved into place together at the end.

    Use as a context manager around the whole run, computing included: entering checks that
    nothing would be overwritten and that the folder can be written, before any work is
    done. Leaving without ``publish`` (a fault, Ctrl-C) leaves nothing behind, not even the
    folders that were made on the way.

    Parameters
    ----------
    folder : Path
        Where the files go; made when it is not there.
    names : sequence of str
        Their names below ``folder``.
    force : bool
        Replace files of these names that exist.

    Raises
    ------
    AuditError
        ``cli.exists`` for every file in the way, ``cli.cannot_write``, ``cli.in_use``.
    """

    def __init__(self, folder: Path, names: Sequence[str], *, force: bool = False) -> None:
        self.folder = folder
        self._names = tuple(names)
        self._force = force
        self._made: list[Path] = []
        self._staging: Path | None = None

    def __enter__(self) -> Self:
        if not self._force:
            raise_all(
                [
                    AuditError("cli.exists", str(self.folder / name))
                    for name in self._names
                    if os.path.lexists(self.folder / name)
                ]
            )
        raise_all(
            [
                AuditError("cli.cannot_write", str(self.folder / name))
                for name in self._names
                if (self.folder / name).is_dir()
            ]
        )
        try:
            self._make(self.folder)
            # Inside the folder: the same file system, so that each move is one step, and
            # a folder that cannot be written is found out before anything is computed.
            self._staging = Path(tempfile.mkdtemp(prefix=".audit-", dir=self.folder))
        except OSError as error:
            self._clean()
            raise AuditError("cli.cannot_write", str(self.folder)) from error
        except BaseException:
            self._clean()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clean()

    def path(self, name: str) -> Path:
        """Where to write the file called ``name`` for now."""
        if self._staging is None or name not in self._names:
            raise ValueError(name)
        path = self._staging / "new" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def publish(self) -> None:
        """Move every prepared file into place; put back what was there if one move fails."""
        assert self._staging is not None
        done: list[Path] = []
        kept: list[tuple[Path, Path]] = []
        target = self.folder
        try:
            for name in self._names:
                target, old = self.folder / name, self._staging / "old" / name
                self._make(target.parent)
                if os.path.lexists(target):
                    old.parent.mkdir(parents=True, exist_ok=True)
                    target.replace(old)
                    kept.append((old, target))
                (self._staging / "new" / name).replace(target)
                done.append(target)
        except BaseException as error:
            for new in done:
                new.unlink(missing_ok=True)
            for old, place in kept:
                old.replace(place)
            if isinstance(error, PermissionError) and target.is_file():
                # Windows lets nobody replace a report that Excel, Word or a PDF reader holds
                raise AuditError("cli.in_use", str(target)) from error
            if isinstance(error, OSError):
                raise AuditError("cli.cannot_write", str(self.folder)) from error
            raise
        self._made.clear()

    def left_alone(self) -> tuple[str, ...]:
        """Reports of an earlier run in the same folder that this run did not write."""
        every = names_of(LANGUAGES, FORMATS, DOCUMENTS)
        return tuple(n for n in every if n not in self._names and (self.folder / n).exists())

    def _make(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            path.mkdir()
            self._made.append(path)

    def _clean(self) -> None:
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)
        for path in reversed(self._made):
            try:
                path.rmdir()
            except OSError:
                # Somebody else has put a file there meanwhile: it is theirs.
                break
