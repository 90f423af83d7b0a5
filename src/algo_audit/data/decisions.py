"""The validated table of decisions: every column encoded once, nothing guessed twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from algo_audit.data.roles import Roles


@dataclass(frozen=True)
class Column:
    """A categorical column as codes.

    ``codes`` has one int32 per row, -1 where the value is unknown;
    ``levels[code]`` is the value as the file writes it, trimmed
    (bands as ``<30``, ``30-39``, ``40-49``, ``50+``), in the order to print.
    ``ordered`` tells whether that order means something (bands, years).
    """

    name: str
    codes: NDArray[np.int32]
    levels: tuple[str, ...]
    ordered: bool = False

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class SetAside:
    """Rows left out of everything, and why (``reason`` is a code)."""

    reason: str
    rows: int


@dataclass(frozen=True)
class JournalEntry:
    """One line of the import journal.

    ``action`` is ``converted`` | ``set_aside`` | ``left_alone`` | ``noted``; ``code`` says what
    was done (message key ``journal.<code>``), ``column`` where ("" = the file), ``values``
    the numbers and examples that the sentence needs (JSON types only).
    """

    action: str
    code: str
    column: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """The file: ``name`` without folder, sha256 of its bytes, rows read and used.

    ``population`` is the register of everybody eligible where the file is a list of the chosen.
    """

    name: str
    sha256: str
    rows: int
    rows_used: int
    rows_set_aside: tuple[SetAside, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    population: str = ""
    population_sha256: str = ""


# States of a row at a stage: its result is not known; it never came so far.
PASSED, REFUSED, WITHDREW, UNKNOWN, OUTSIDE = 1, 0, 2, -1, -2


@dataclass(frozen=True)
class Steps:
    """Successive stages: state of every row of the file at each, in order.

    ``states`` has shape (rows of the file, stages); ``people`` are those rows, with the columns to
    compare by. Rows without a decision are among them: who withdrew at the third stage passed two.
    """

    names: tuple[str, ...]
    states: NDArray[np.int8]
    people: Decisions


@dataclass(frozen=True)
class Decisions:
    """Decisions ready to be counted; all arrays have ``source.rows_used`` entries.

    Attributes
    ----------
    outcome : int8 array
        1 favourable, 0 not; all 0 and not used where the outcome is an amount.
    protected : mapping of str to Column
        By column name, in the order declared.
    strata : mapping of str to Column
        By declared name; ``"a*b"`` is one Column with levels ``"x × y"``.
    label : int8 array or None
        1 good, 0 not, -1 not known.
    score : float64 array or None
        NaN where blank.
    weight : float64 array or None
        Sampling weights, > 0.
    cluster, pool : Column or None
        A row without cluster is a cluster of its own.
    table : DataFrame
        The used rows as text, all columns, for later rooms; never written out.
    amount : float64 array or None
        The outcome where it is a number or a rank (``roles.worse`` tells which end is worse).
    amount_unit : {"", "euro", "percent"}
        As the file writes it behind every number; percents are shares.
    steps : Steps or None
        Successive stages, where they are declared; the decision is then the last one.
    """

    roles: Roles
    source: Source
    outcome: NDArray[np.int8]
    protected: Mapping[str, Column]
    strata: Mapping[str, Column] = field(default_factory=dict)
    label: NDArray[np.int8] | None = None
    score: NDArray[np.float64] | None = None
    weight: NDArray[np.float64] | None = None
    cluster: Column | None = None
    pool: Column | None = None
    journal: tuple[JournalEntry, ...] = ()
    table: pd.DataFrame | None = None
    amount: NDArray[np.float64] | None = None
    amount_unit: str = ""
    steps: Steps | None = None

    def __len__(self) -> int:
        return len(self.outcome)
