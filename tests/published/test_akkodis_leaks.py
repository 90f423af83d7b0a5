"""Real recruitment (Akkodis): two columns were filled in after the hire, and are told first."""

from __future__ import annotations

import json

import pytest

from algo_audit.cli.main import run

pytestmark = pytest.mark.real_data

LEAKING = ("Job Family Hiring", "Job Title Hiring")

CASE = """schema = "algo-audit/1"
[source]
file = "{file}"
[roles]
outcome = "Status"
favourable = "Positive"
protected = ["Sex"]
inputs = ["Study Area", "Study Title", "Sector", "Job Family Hiring", "Job Title Hiring",
    "Technical Skills", "Comunication", "Maturity", "Dynamism", "Mobility", "English"]
"""


@pytest.fixture(scope="module")
def audited(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("akkodis")
    path = real_data / "akkodis" / "akkodis.csv"
    (folder / "audit.toml").write_text(CASE.format(file=path), encoding="utf-8")
    arguments = ["audit", str(folder / "audit.toml"), "--lang", "fr", "--lang", "en", "--out",
                 str(folder / "out")]  # fmt: skip
    assert run(arguments) == 0
    return folder / "out"


def test_both_are_found_and_kept_out_of_the_stand_in(audited):
    told = json.loads((audited / "confidential" / "audit.json").read_text(encoding="utf-8"))
    chapter = told["model"]
    assert sorted(one["column"] for one in chapter["leaks"]) == sorted(LEAKING)
    assert chapter["description"]["kind"] == "surrogate"
    used = {one["name"] for one in chapter["description"]["inputs"]}
    assert used
    assert not used & set(LEAKING)
    assert not set(LEAKING) & {name for one in chapter["importance"] for name in one["inputs"]}
    assert not set(LEAKING) & {one["column"] for one in chapter["effects"]}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_they_are_named_before_anything_is_explained(audited, language):
    page = (audited / f"audit.{language}.html").read_text(encoding="utf-8")
    where = page.index('id="model-leaks"')
    section = page[where : page.index("</section>", where)]
    for column in LEAKING:
        assert column in section
    explained = [part for part in ("model-importance", "model-effects", "model-rules", "drivers")
                 if f'id="{part}"' in page]  # fmt: skip
    assert "model-importance" in explained
    for part in explained:
        assert where < page.index(f'id="{part}"')
