"""Rows into cells, and cells into the counts of any question."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from algo_audit.data import cells
from algo_audit.data.counts import CountTable
from algo_audit.data.decisions import Column, Decisions, Source
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError


def column(name, values):
    levels = tuple(sorted({v for v in values if v is not None}))
    codes = [-1 if v is None else levels.index(v) for v in values]
    return Column(name, np.array(codes, dtype=np.int32), levels)


def table(**extra):
    return CountTable.from_columns(
        {
            "sex": column("sex", ["F", "M", "F", None, "M", "F"]),
            "age": column("age", ["50+", "<30", "<30", "<30", "50+", "50+"]),
            "site": column("site", ["a", "a", "b", "b", None, "a"]),
        },
        np.array([1, 0, 1, 1, 0, 0], dtype=np.int8),
        protected=("sex", "age"),
        strata=("site",),
        **extra,
    )


def test_groups_events_and_unknowns():
    counts = table().counts(("sex",))
    assert counts.groups == ("F", "M")
    assert counts.rows().tolist() == [[3], [2]]
    assert counts.events().tolist() == [[2], [0]]
    assert (counts.unknown, counts.unknown_favourable) == (1, 1)
    assert counts.strata == ("",)


def test_crossings_hold_only_combinations_that_occur():
    counts = table().counts(("sex", "age"))
    assert counts.groups == ("F × 50+", "F × <30", "M × 50+", "M × <30")
    assert table().counts(("age", "sex")).groups[0] == "50+ × F"
    assert counts.name == "sex × age"


def test_rows_without_stratum_are_left_out_of_it():
    counts = table().counts(("sex",), "site")
    assert counts.strata == ("a", "b")
    assert counts.rows().sum() == 4
    assert counts.rows().tolist() == [[2, 1], [1, 0]]


def test_an_axis_that_is_itself_a_crossing_can_be_crossed_with_another():
    made = CountTable.from_columns(
        {
            "sex": column("sex", ["F", "M", "F", "M"]),
            "site*job": column("site*job", ["a × x", "a × x", "b × x", "b × y"]),
            "vacancy": column("vacancy", ["1", "1", "2", "2"]),
        },
        np.array([1, 0, 1, 0], dtype=np.int8),
        protected=("sex",),
        strata=("site*job",),
        pool="vacancy",
    )
    counts = made.counts(("sex",), "site*job*vacancy")
    assert counts.strata == ("a × x × 1", "b × x × 2", "b × y × 2")
    with pytest.raises(AuditError):
        made.counts(("sex",), "site*vacancy")


def test_two_strata_can_be_crossed():
    counts = table().counts(("sex",), "site*age")
    assert counts.strata == ("a × 50+", "a × <30", "b × <30")


def test_an_axis_that_is_not_there_is_named():
    with pytest.raises(AuditError) as fault:
        table().counts(("gender",))
    assert (fault.value.code, fault.value.where) == ("counts.axis_missing", "gender")


def test_label_and_score_have_their_axes():
    counts = table(
        label=np.array([1, 0, -1, 1, 1, 0], dtype=np.int8),
        score=np.array([5.0, 1.0, 3.0, np.nan, 4.0, 2.0]),
    ).counts(("sex",))
    assert counts.n.shape == (2, 1, 2, 3, 3)
    # F: (favourable, good, above), (favourable, not known, not above), (refused, bad, not above)
    assert counts.n[0, 0, 1, 1, 1] == 1
    assert counts.n[0, 0, 1, 2, 0] == 1
    assert counts.n[0, 0, 0, 0, 0] == 1
    assert counts.n[0].sum() == 3


def test_files_without_label_or_score_hold_everything_in_the_last_place():
    counts = table().counts(("sex",))
    assert counts.n[:, :, :, 2, 2].sum() == counts.n.sum()


def test_weights_are_summed():
    weight = np.array([1.0, 2.0, 0.5, 1.0, 3.0, 1.5])
    counts = table(weight=weight).counts(("sex",))
    assert counts.weight.sum(axis=(1, 2, 3, 4)).tolist() == [3.0, 5.0]
    assert counts.weight_squared.sum(axis=(1, 2, 3, 4)).tolist() == [3.5, 13.0]


@pytest.mark.parametrize("dense", [1, 1 << 21])
@pytest.mark.parametrize("largest", [50, 1 << 62])
def test_packed_hashed_and_renumbered_codes_agree_with_pandas(monkeypatch, dense, largest):
    monkeypatch.setattr(cells, "_DENSE_CODES", dense)
    monkeypatch.setattr(cells, "_LARGEST_CODE", largest)
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({name: rng.integers(-1, 4, 500) for name in "abcd"})
    frame["y"] = rng.integers(0, 2, 500)
    frame["w"] = rng.random(500)
    made = CountTable.from_columns(
        {
            name: Column(name, frame[name].to_numpy().astype(np.int32), tuple("wxyz"))
            for name in "abcd"
        },
        frame["y"].to_numpy().astype(np.int8),
        protected=("a", "b"),
        weight=frame["w"].to_numpy(),
    )
    expected = frame.groupby(["a", "b", "c", "d", "y"]).size()
    assert len(made.n) == len(expected)
    assert made.rows == 500
    counts = made.counts(("a", "b"), "c")
    known = frame[(frame[["a", "b", "c"]] >= 0).all(axis=1)]
    for (a, b, c), rows in known.groupby(["a", "b", "c"]):
        g = counts.groups.index(f"{'wxyz'[a]} × {'wxyz'[b]}")
        h = counts.strata.index("wxyz"[c])
        assert counts.rows()[g, h] == len(rows)
        assert counts.events()[g, h] == rows["y"].sum()
        assert counts.weight[g, h].sum() == pytest.approx(rows["w"].sum())


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(ValueError):
        CountTable.from_columns(
            {"a": column("a", ["x", "y"])}, np.array([1], dtype=np.int8), protected=("a",)
        )


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(ValueError):
        CountTable.from_counts(
            np.array([1, 2]), np.array([2, 1]), axes={"a": ("x", "y")}, protected=("a",)
        )
    with pytest.raises(ValueError):
        CountTable.from_counts(
            np.array([1, 2]), np.array([1]), axes={"a": ("x", "y")}, protected=("a",)
        )


def decisions(cluster):
    return Decisions(
        roles=Roles("y"),
        source=Source("f", "", 3, 3),
        outcome=np.array([1, 0, 1], dtype=np.int8),
        protected={"sex": column("sex", ["F", "M", "F"])},
        strata={"site": column("site", ["a", "b", "a"])},
        cluster=column("who", cluster),
        pool=column("job", ["j", "j", "k"]),
    )


def test_decisions_bring_their_axes():
    made = CountTable.from_decisions(decisions(["p", "q", "p"]), clusters_below=40)
    assert tuple(made.axes) == ("sex", "site", "job", "who")
    assert (made.protected, made.strata) == (("sex",), ("site",))
    assert (made.pool, made.cluster) == ("job", "who")


def test_many_or_missing_clusters_are_no_axis():
    assert CountTable.from_decisions(decisions(["p", "q", "p"]), clusters_below=2).cluster is None
    assert CountTable.from_decisions(decisions(["p", None, "p"]), clusters_below=40).cluster is None


def test_the_whole_file_is_the_crossing_of_nothing():
    codes, levels = table().crossed(())
    assert levels == ("",)
    assert not codes.any()
