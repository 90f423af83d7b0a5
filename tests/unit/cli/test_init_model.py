"""What ``init`` proposes about the system itself."""

from __future__ import annotations

import re
import tomllib

import pytest

from algo_audit.cases.case import load_case

_EXAMPLE = re.compile(
    r"^# (\[+(?:rule|model|criteria|actions\.[^]]+)\]+"
    r"|(?:kind|value|path|key|inputs|purpose|source|direction|step|most|means) = "
    r'(?:"[^"]*"|\[.*\]|\d+))$',
    re.MULTILINE,
)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("ending", [".grid.toml", ".skops", ".onnx", ".GRID.TOML"])
def test_a_model_beside_the_data_is_proposed(algo_audit, decisions, lang, ending) -> None:
    (decisions.parent / f"outil{ending}").write_text("x", encoding="utf-8")
    assert algo_audit("init", decisions, lang=lang).code == 0
    case = load_case(decisions.parent / "audit.toml")
    assert case.model == decisions.parent / f"outil{ending}"


def test_several_models_are_left_to_choose(algo_audit, decisions) -> None:
    for name in ("b.skops", "a.grid.toml", "notes.toml", "c.pkl"):
        (decisions.parent / name).write_text("x", encoding="utf-8")
    assert algo_audit("init", decisions).code == 0
    text = (decisions.parent / "audit.toml").read_text(encoding="utf-8")
    assert load_case(decisions.parent / "audit.toml").model is None
    assert re.findall(r"^# path = (.*)$", text, re.MULTILINE) == ['"a.grid.toml"', '"b.skops"']


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_examples_are_right_once_uncommented(algo_audit, decisions, lang) -> None:
    assert algo_audit("init", decisions, lang=lang).code == 0
    path = decisions.parent / "audit.toml"
    text = path.read_text(encoding="utf-8")
    assert not {"rule", "model", "criteria", "actions"} & set(tomllib.loads(text))
    path.write_text(_EXAMPLE.sub(r"\1", text), encoding="utf-8")
    case = load_case(path)
    assert case.rule is not None
    assert case.rule.value == 70
    assert case.model is not None
    assert case.criteria[0].inputs == (case.actions[0].column,)
    assert case.actions[0].column in case.roles.inputs
