"""The folder of each built-in case, and what stands in it.

A built-in case is a sub-package of ``algo_audit.cases`` with a ``case.toml``. Nothing is
registered: a folder that is there is a case.
"""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from algo_audit.errors import AuditError

if TYPE_CHECKING:
    import pandas as pd

DECLARATION = "case.toml"


class Generator(Protocol):
    """What every ``cases/<case>/generator.py`` offers, under the same names.

    ``effects`` is an instance of the case's own ``story.Effects``; None plants everything.
    """

    ROWS: int
    SEED: int
    SMALLEST: int
    LARGEST: int

    @staticmethod
    def generate(rows: int = ..., *, seed: int = ..., effects: Any = None) -> pd.DataFrame:
        """Rows of the case, drawn anew; ValueError when ``rows`` is out of range."""

    @staticmethod
    def ways(rows: int = ..., *, seed: int = ..., effects: Any = None) -> pd.DataFrame:
        """Keys of the other ways to fill the places, row by row with ``generate``."""

    @staticmethod
    def write(path: Path, *, rows: int = ..., seed: int = ..., effects: Any = None) -> None:
        """Write those rows as the shipped file is written."""


class Story(Protocol):
    """What every ``cases/<case>/story.py`` offers.

    ``Effects`` is a frozen dataclass of switches, all on by default, with ``Effects.none()``;
    ``MARGINS`` the proportions that the story starts from; ``GRAPH`` its variables, causes
    before consequences.
    """

    Effects: Any
    MARGINS: Any
    GRAPH: tuple[Any, ...]


def _root() -> Path:
    # a case is files beside its code: the package is installed unpacked
    return Path(str(files("algo_audit.cases")))


def builtin_keys() -> tuple[str, ...]:
    """Names of the built-in cases, by alphabet."""
    return tuple(sorted(path.parent.name for path in _root().glob(f"*/{DECLARATION}")))


def case_folder(key: str) -> Path:
    """Folder of a built-in case.

    Parameters
    ----------
    key : str
        Its name.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    AuditError
        ``cases.unknown``: no such case; ``choices`` lists the nearest.
    """
    from algo_audit.data.names import nearest

    known = builtin_keys()
    if key not in known:
        raise AuditError("cases.unknown", key, seen=key, choices=nearest(key, known))
    return _root() / key


def generator_of(key: str) -> Generator:
    """The generator of a built-in case; ``cases.unknown`` where there is none."""
    name = case_folder(key).name
    return cast("Generator", import_module(f"algo_audit.cases.{name}.generator"))


def story_of(key: str) -> Story:
    """The story of a built-in case; ``cases.unknown`` where there is none."""
    name = case_folder(key).name
    return cast("Story", import_module(f"algo_audit.cases.{name}.story"))
