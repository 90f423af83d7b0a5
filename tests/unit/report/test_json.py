"""audit.json: read back unchanged, as its published schema says, refused when it is not one."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from algo_audit.audit import run_audit
from algo_audit.cases.case import Case
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError
from algo_audit.report.json import json_schema, json_text, read_json, to_json, write_json

PUBLISHED = Path(__file__).parents[3] / "docs" / "audit.schema.json"


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A small audit with most chapters, from a file to the result."""
    lines = ["sexe;age;offre;score;decision;suivi;site"]
    for i in range(240):
        sex = "FH"[i % 2]
        chosen = (i * 7 + (i % 2) * 3) % 10 < 4
        later = ("oui" if i % 3 else "non") if chosen else ""
        lines.append(
            f"{sex};{20 + i % 45};o{i % 6};{(i * 37 % 101) / 10:.1f}".replace(".", ",")
            + f";{'retenu' if chosen else 'refusé'};{later};{'AB'[i % 4 == 0]}"
        )
    path = tmp_path_factory.mktemp("file") / "log.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    roles = Roles(
        outcome="decision",
        protected=("sexe", "age"),
        strata=("site",),
        pool="offre",
        score="score",
        label="suivi",
    )
    case = Case.from_options(path, roles=roles)
    return run_audit(case, case.read(), audited_on="2026-11-23")


def test_a_result_is_read_back_as_it_was_written(result, tmp_path):
    write_json(result, tmp_path / "audit.json")
    again = read_json(tmp_path / "audit.json")
    assert json_text(again) == json_text(result)
    assert again.comparisons == result.comparisons


def test_the_first_keys_say_what_it_is(result):
    data = to_json(result)
    assert list(data)[:2] == ["schema", "confidential"]
    assert (data["schema"], data["confidential"]) == ("algo-audit/1", True)
    for key in ("tool", "source", "roles", "groups", "comparisons", "tests", "findings"):
        assert data[key], key
    assert {"attribute", "group", "n", "events", "rate", "status"} <= set(data["groups"][0])


def test_a_result_is_as_the_published_schema_says(result):
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(json_schema())), "run `make schema`"
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(to_json(result), published)


def test_the_schema_refuses_what_is_not_a_result(result):
    data = to_json(result)
    del data["comparisons"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema())


def test_an_unbounded_limit_is_null_in_the_file_and_infinite_again_when_read(result, tmp_path):
    first = result.comparisons[0]
    unbounded = replace(first.ratio or first.difference, high=math.inf)
    changed = replace(
        result, comparisons=(replace(first, ratio=unbounded), *result.comparisons[1:])
    )
    write_json(changed, tmp_path / "audit.json")
    data = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert data["comparisons"][0]["ratio"]["high"] is None
    assert read_json(tmp_path / "audit.json").comparisons[0].ratio.high == math.inf


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "result.not_json"),
        ("[1]", "result.other_schema"),
        ('{"schema": "other/2"}', "result.other_schema"),
        ('{"schema": "algo-audit/1", "tool": 3}', "result.field"),
    ],
)
def test_what_is_not_a_result_is_refused(tmp_path, text, code):
    path = tmp_path / "audit.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AuditError) as refused:
        read_json(path)
    assert {fault.code for fault in refused.value.faults} == {code}


def test_a_missing_result_is_refused(tmp_path):
    with pytest.raises(AuditError) as refused:
        read_json(tmp_path / "none.json")
    assert refused.value.code == "result.missing"


def test_a_result_gives_a_table_of_its_comparisons_and_plain_data(result):
    table = result.frame()
    assert len(table) == len(result.comparisons)
    first = result.comparisons[0]
    row = table.iloc[0]
    assert (row["attribute"], row["n"]) == (first.attribute, first.n)
    assert row["ratio_low"] == first.ratio.low
    assert result.to_dict()["source"]["rows"] == 240
