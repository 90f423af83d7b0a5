"""The shipped files: where they are, and how they are written.

A case's file is found in an installed package (``algo_audit/datasets``) as in a checkout
(``datasets/`` at its root), whatever the current folder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from algo_audit.errors import AuditError

# The byte-order mark makes French Excel read the accents on a double click; every other
# program reads UTF-8 without being told. (cp1252, Excel's older habit, is read as well.)
ENCODING = "utf-8-sig"
DELIMITER = ";"
LINE_END = "\r\n"


def _folders() -> tuple[Path, ...]:
    package = Path(__file__).resolve().parent.parent
    return package / "datasets", package.parent.parent / "datasets"


def dataset_path(name: str) -> Path:
    """Path of a shipped file.

    Parameters
    ----------
    name : str
        Name of the file, or of the case (``recruitment`` for ``recruitment.csv``).

    Returns
    -------
    pathlib.Path

    Raises
    ------
    AuditError
        ``cases.dataset_missing``: no such file is shipped; ``choices`` lists those that are.
    """
    wanted = name if "." in name else f"{name}.csv"
    shipped: set[str] = set()
    for folder in _folders():
        # a name with a folder in it is not the name of a shipped file
        if (folder / wanted).is_file() and Path(wanted).name == wanted:
            return folder / wanted
        shipped |= {path.name for path in folder.glob("*.csv")}
    raise AuditError("cases.dataset_missing", name, choices=sorted(shipped))


def write_french_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as French Excel exports it.

    Semicolons, decimal commas, dd/mm/yyyy, blank cells for what is missing, UTF-8 with a
    byte-order mark, CRLF. Equal tables give equal bytes.

    Parameters
    ----------
    table : DataFrame
        Its index is not written.
    path : pathlib.Path
        Replaced if it is there.
    """
    written = table.copy()
    for name in written.columns:
        column = written[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            written[name] = column.dt.strftime("%d/%m/%Y").astype(object)
        elif pd.api.types.is_float_dtype(column):
            written[name] = _french_numbers(column)
    # bytes, so that no platform changes the ends of lines
    text = written.to_csv(sep=DELIMITER, index=False, lineterminator=LINE_END)
    path.write_bytes(text.encode(ENCODING))


def _french_numbers(column: pd.Series[float]) -> pd.Series[str]:
    """``62.5`` -> ``62,5``, ``62.0`` -> ``62`` as Excel's general format has it, blank for none."""
    # + 0.0 turns -0.0 into 0.0
    values, place = np.unique(column.to_numpy(dtype=np.float64) + 0.0, return_inverse=True)
    texts = ["" if np.isnan(value) else f"{value:.6g}".replace(".", ",") for value in values]
    return pd.Series(np.array(texts, dtype=object)[place], index=column.index)
