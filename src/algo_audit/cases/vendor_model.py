"""The learned system of a case: trained on a seeded file, kept as skops, never unpickled.

It is what a vendor would sell: gradient boosting on what happened later to those chosen before,
without the protected columns. "The vendor system's log" means here: the same people and the same
places, everyone scored by this model, the places filled by its score. Nobody has set anyone
aside; later results are those of the people who were really chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from algo_audit.cases.case import Case, criteria_of
from algo_audit.cases.drawing import rows_of
from algo_audit.cases.folders import case_folder, generator_of
from algo_audit.cases.workshop_files import VendorFile, read_file
from algo_audit.data.limits import Limits, read_limits
from algo_audit.data.rule import Rule

if TYPE_CHECKING:
    import pandas as pd

    from algo_audit.data.decisions import Decisions
    from algo_audit.models.model import Model

MODEL = "vendor.skops"
# Small on purpose: a vendor's model, not a competition's. The file stays small.
_SETTINGS = {
    "max_iter": 50,
    "max_leaf_nodes": 6,
    "learning_rate": 0.1,
    "min_samples_leaf": 40,
    "l2_regularization": 1.0,
    "early_stopping": False,
}
_SCORED_TO = 100.0


@dataclass(frozen=True)
class VendorModel:
    """Where the model stands, and the version that wrote it, where it had to be trained again.

    ``replaced`` is the version of scikit-learn that the shipped file was written by, when it is
    not the installed one; None: the shipped file is used.
    """

    path: Path
    replaced: str | None


def train(key: str) -> Any:
    """Train a case's vendor model on its seeded file.

    Parameters
    ----------
    key : str
        Name of a built-in case with a ``vendor.toml``.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Fitted; the second class is the favourable one. Equal for equal library versions.
    """
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    vendor = read_file(key, VendorFile)
    table = generator_of(key).generate(vendor.rows, seed=vendor.seed)
    label = later_results(table, vendor)
    known = label >= 0
    inputs = typed_inputs(table, vendor)[known]
    words = [name for name in vendor.inputs if inputs[name].dtype == object]
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer((encoder, words), remainder="passthrough")
    booster = HistGradientBoostingClassifier(**_SETTINGS, random_state=vendor.seed)
    return make_pipeline(columns, booster).fit(inputs, label[known])


def typed_inputs(table: pd.DataFrame, vendor: VendorFile) -> pd.DataFrame:
    """The model's inputs: numbers as float64, everything else as words ("" where blank)."""
    import pandas as pd

    made = {}
    for name in vendor.inputs:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            made[name] = column.astype("float64")
        else:
            made[name] = column.fillna("").astype(str).astype(object)
    return pd.DataFrame(made)


def later_results(table: pd.DataFrame, vendor: VendorFile) -> np.ndarray[Any, np.dtype[np.int8]]:
    """1 good, 0 not, -1 not known: what the vendor's model learns to tell."""
    column = table[vendor.label]
    good = column == vendor.favourable if vendor.at_least is None else column >= vendor.at_least
    known = column.notna().to_numpy()
    return np.where(known, good.fillna(value=False).to_numpy(dtype=bool), -1).astype(np.int8)


def write_model(key: str, path: Path) -> None:
    """Train the model and write it as skops."""
    import zipfile

    import skops.io

    made = skops.io.dumps(train(key), compression=zipfile.ZIP_DEFLATED, compresslevel=9)
    path.write_bytes(made)


def vendor_model(key: str, place: Path, *, limits: Limits | None = None) -> VendorModel:
    """The model that this environment can use: the shipped one, else one trained again.

    Parameters
    ----------
    key : str
    place : pathlib.Path
        Folder for a model that has to be trained again.
    limits : Limits, optional

    Returns
    -------
    VendorModel

    Notes
    -----
    The version is read from the file's schema before any object is built. Under another
    version of scikit-learn trees may be laid out differently, so the model is not guessed at.
    """
    from algo_audit.models.skops_file import installed_version, recorded_version

    limits = read_limits() if limits is None else limits
    shipped = case_folder(key) / MODEL
    written = recorded_version(shipped.read_bytes(), str(shipped), limits.models)
    if written == installed_version():
        return VendorModel(shipped, None)
    again = place / MODEL
    write_model(key, again)
    return VendorModel(again, written)


def vendor_case(
    case: Case, place: Path, *, rows: int | None = None, seed: int | None = None
) -> tuple[Case, VendorModel]:
    """The case as the vendor's system would have decided it.

    Parameters
    ----------
    case : Case
        A built-in case.
    place : pathlib.Path
        Folder to write the log into.
    rows, seed : int, optional
        Of the people; those of the shipped file unless given.

    Returns
    -------
    case : Case
        Its file is the vendor system's log: ``score`` is 100 times the model's estimate, the
        decision is the best of each pool by it, as many as were chosen in fact. No column of
        advice: nobody decided after the system.
    model : VendorModel
    """
    from algo_audit.cases.datasets import write_french_csv

    made = generator_of(case.key)
    rows = rows_of(case.key, rows)
    seed = made.SEED if seed is None else seed
    vendor = read_file(case.key, VendorFile)
    table = made.generate(rows, seed=seed)
    used = vendor_model(case.key, place)
    plain = replace(case, path=place / f"{case.key}-people.csv", model=None)
    write_french_csv(table, plain.path)
    decisions = plain.read(compared=False)
    scores, decided = vendor_decisions(replace(plain, model=used.path), decisions)
    log = _log(table, case, scores, decided)
    path = place / case.path.name
    write_french_csv(log, path)
    roles = replace(case.roles, advice=None, decided_by=None, inputs=tuple(vendor.inputs))
    named = (*case.criteria, *criteria_of(vendor.criteria))
    criteria = tuple(one for one in named if set(one.inputs) <= set(vendor.inputs))
    actions = tuple(one for one in case.actions if one.column in vendor.inputs)
    audited = replace(
        case,
        path=path,
        model=used.path,
        compared_with=case.model,
        roles=roles,
        criteria=criteria,
        actions=actions,
        rule=Rule("top_k"),
    )
    return audited, used


def vendor_decisions(
    case: Case, decisions: Decisions
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.int8]]]:
    """Score everybody with the case's model and fill the places of each pool again.

    Returns
    -------
    scores : float64 array, shape (rows,)
        Estimated chance of a good later result, 0 to 100, rounded as the log has it.
    decided : int8 array, shape (rows,)
    """
    from scipy.special import expit

    from algo_audit.models.inputs import read_inputs

    model: Model | None = case.open_model()
    assert model is not None
    assert decisions.table is not None
    rows = read_inputs(decisions.table, model.inputs, unseen_allowed=model.unseen_allowed)
    raw = model.score(rows.values)
    estimate = expit(raw) if model.scale == "log_odds" else raw
    scores = np.round(_SCORED_TO * estimate, 1)
    pool = None if decisions.pool is None else decisions.pool.codes
    decided = model.decide(raw, rule=Rule("top_k"), pool=pool, taken=decisions.outcome)
    return scores, decided.decision


def _log(
    table: pd.DataFrame,
    case: Case,
    scores: np.ndarray[Any, np.dtype[np.float64]],
    decided: np.ndarray[Any, np.dtype[np.int8]],
) -> pd.DataFrame:
    """The people of the file with the vendor's score and decision."""
    roles = case.roles
    assert roles.outcome is not None
    words = table[roles.outcome].dropna().astype(str).unique().tolist()
    other = next(word for word in words if word != roles.favourable)
    log = table.copy()
    log[roles.outcome] = [roles.favourable if one else other for one in decided]
    if roles.score is not None:
        log[roles.score] = scores
    if roles.advice is not None:
        log = log.drop(columns=roles.advice)
    return log
