"""Each different row is asked once, and the scores are those of the model."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from algo_audit.explain.asked_once import AskedOnce

ROWS = arrays(
    np.float64, st.tuples(st.integers(1, 30), st.just(3)), elements=st.sampled_from([0, 1, 2.5, np.nan])
)  # fmt: skip


class Model:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, ...]] = []

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        filled = np.nan_to_num(rows, nan=7.0)
        self.rows += [tuple(row) for row in filled]
        return filled @ np.array([1.0, 10.0, 100.0])


@given(ROWS, ROWS)
def test_scores_and_questions(first: np.ndarray, second: np.ndarray) -> None:
    model, plain = Model(), Model()
    ask = AskedOnce(model, np.concatenate([first, second]))
    mixed = first[:, [0, 1, 2]].copy()
    mixed[:, 1] = second[0, 1]
    for rows in (first, second, mixed, first):
        np.testing.assert_array_equal(ask(rows), plain(rows))
    assert len(model.rows) == len(set(model.rows))


def test_rows_that_are_nearly_all_different_are_not_remembered() -> None:
    model = Model()
    values = np.random.default_rng(5).normal(size=(30_000, 3))
    ask = AskedOnce(model, values)
    for _ in range(2):
        assert len(ask(values)) == 30_000
    assert len(model.rows) == 60_000


def test_too_many_combinations_for_a_number() -> None:
    values = np.random.default_rng(5).normal(size=(3_000, 6))
    asked: list[int] = []

    def score(rows: np.ndarray) -> np.ndarray:
        asked.append(len(rows))
        return rows.sum(axis=1)

    ask = AskedOnce(score, values)
    ask(values)
    ask(values)
    assert asked == [3_000, 3_000]
