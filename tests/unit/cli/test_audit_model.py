"""Options of ``audit`` about the system itself reach the case."""

from __future__ import annotations

import pytest

from algo_audit.models.rule import Rule


class _StoppedError(Exception):
    """The case was made: nothing need be computed."""


@pytest.fixture
def made(monkeypatch) -> list:
    """Cases that the command would have read."""
    cases = []

    def read(self, **_):
        cases.append(self)
        raise _StoppedError

    monkeypatch.setattr("algo_audit.cases.case.Case.read", read)
    return cases


def test_the_options_make_the_case(algo_audit, decisions, made, tmp_path) -> None:
    algo_audit(
        "audit", decisions, "--outcome", "hired", "--protected", "sex", "--out", "out",
        "--model", "tool.grid.toml", "--input", "score", "--input", "age", "--rule", "top_k=4",
        "--identifier", "id", "--advice", "advice", "--seniority", "age", "--date", "day",
    )  # fmt: skip
    (case,) = made
    assert str(case.model) == "tool.grid.toml"
    assert case.rule == Rule("top_k", 4.0)
    assert case.roles.inputs == ("score", "age")
    roles = case.roles
    assert (roles.identifier, roles.advice, roles.seniority, roles.date) == (
        "id", "advice", "age", "day",
    )  # fmt: skip


def test_without_them_nothing_is_assumed(algo_audit, decisions, made) -> None:
    algo_audit("audit", decisions, "--outcome", "hired", "--protected", "sex", "--out", "out")
    (case,) = made
    assert case.model is None
    assert case.rule is None
    assert case.roles.inputs == ()


def test_they_are_said_in_the_declaration_instead(algo_audit, tmp_path) -> None:
    toml = tmp_path / "audit.toml"
    toml.write_text("", encoding="utf-8")
    done = algo_audit(
        "audit", toml, "--model", "m", "--input", "x", "--rule", "top_k", "--identifier", "id",
        "--out", "out", lang="en",
    )  # fmt: skip
    assert done.code == 2
    options = ("--model", "--input", "--rule", "--identifier")
    assert all(any(one in line for line in done.sentences) for one in options)
    assert len(done.sentences) == len(options)


def test_a_missing_model_stops_the_audit(algo_audit, decisions, tmp_path) -> None:
    done = algo_audit(
        "audit", decisions, "--outcome", "hired", "--protected", "sex", "--out", "out",
        "--model", "no.grid.toml",
    )  # fmt: skip
    assert done.code == 2
    assert "no.grid.toml" in done.errors
    assert not (tmp_path / "out").exists()
