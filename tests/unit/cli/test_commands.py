"""What every command does when all is well."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from algo_audit.cli.main import run
from algo_audit.cli.progress import step
from algo_audit.cli.session import Session

from .conftest import make_decisions, write_rows

ROLES = ("--outcome", "hired", "--protected", "sex")


def _names(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_audit_writes_the_readers_language(algo_audit, decisions, tmp_path, lang) -> None:
    ran = algo_audit("audit", decisions, *ROLES, "--out", "out", lang=lang)
    assert (ran.code, ran.errors) == (0, "")
    summary = f"summary.{lang}.html"
    assert _names(tmp_path / "out") == [f"audit.{lang}.html", "confidential/audit.json", summary]
    page = (tmp_path / "out" / f"audit.{lang}.html").read_text(encoding="utf-8")
    assert f'lang="{lang}"' in page
    last = ran.output.splitlines()[-1]
    assert "confidential/audit.json" in last
    assert {"fr": "parties à la négociation", "en": "parties to the negotiation"}[lang] in last


def test_audit_writes_both_languages_when_asked(algo_audit, decisions, tmp_path) -> None:
    ran = algo_audit("audit", decisions, *ROLES, "--lang", "en", "--lang", "fr", "--out", "out")
    assert ran.code == 0
    assert "What the audit shows first:" in ran.output
    names = _names(tmp_path / "out")
    assert names[:2] == ["audit.en.html", "audit.fr.html"]
    assert names[-2:] == ["summary.en.html", "summary.fr.html"]


def test_audit_of_the_same_file_gives_the_same_bytes(algo_audit, decisions, tmp_path) -> None:
    for out in ("one", "two"):
        assert algo_audit("audit", decisions, *ROLES, "--out", out).code == 0
    for name in _names(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_nothing_unmasked_goes_to_the_public(algo_audit, decisions, tmp_path) -> None:
    ran = algo_audit("audit", decisions, *ROLES, "--audience", "public", "--out", "out", lang="en")
    assert ran.code == 0
    assert _names(tmp_path / "out") == ["audit.en.html", "summary.en.html"]
    assert "may be made public" in ran.output.splitlines()[-1]


def test_json_alone(algo_audit, decisions, tmp_path) -> None:
    ran = algo_audit("audit", decisions, *ROLES, "--format", "json", "--out", "out", lang="en")
    assert ran.code == 0
    assert _names(tmp_path / "out") == ["confidential/audit.json"]
    assert "only those who carry out the audit" in ran.output.splitlines()[-1]


def test_every_option_reaches_the_audit(algo_audit, decisions, tmp_path) -> None:
    ran = algo_audit(
        "audit", decisions, "--outcome", "hired", "--favourable", "no", "--protected", "sex",
        "--protected", "age", "--stratum", "site", "--score", "score", "--cuts", "age=35,50",
        "--weight", "weight", "--margin", "0,75", "--primary", "sex*age", "--primary",
        "sex | site", "--reference", "sex=F", "--seed", "7", "--out", "out",
    )  # fmt: skip
    assert ran.code == 0, ran.errors
    result = json.loads((tmp_path / "out/confidential/audit.json").read_text(encoding="utf-8"))
    roles, policy = result["roles"], result["policy"]
    assert roles["favourable"] == "no"
    assert roles["protected"] == ["sex", "age"]
    assert roles["bands"] == {"age": [35.0, 50.0]}
    assert (roles["strata"], roles["score"], roles["weight"]) == (["site"], "score", "weight")
    assert (policy["margin"], policy["seed"], policy["reference"]) == (0.75, 7, {"sex": "F"})
    assert [(q["attribute"], q["stratum"]) for q in policy["primary"]] == [
        (["sex", "age"], None),
        (["sex"], "site"),
    ]


def test_pool_and_cluster_reach_the_audit(algo_audit, decisions, tmp_path) -> None:
    ran = algo_audit(
        "audit", decisions, *ROLES, "--pool", "vacancy", "--cluster", "site", "--out", "out"
    )
    assert ran.code == 0, ran.errors
    result = json.loads((tmp_path / "out/confidential/audit.json").read_text(encoding="utf-8"))
    assert (result["roles"]["pool"], result["roles"]["cluster"]) == ("vacancy", "site")


def test_force_replaces_and_names_what_stays(algo_audit, decisions, tmp_path) -> None:
    assert algo_audit("audit", decisions, *ROLES, "--lang", "fr", "--out", "out").code == 0
    before = (tmp_path / "out/confidential/audit.json").read_bytes()
    again = ("audit", decisions, *ROLES, "--lang", "en", "--margin", "0.7", "--out", "out")
    assert algo_audit(*again).code == 2
    ran = algo_audit(*again, "--force")
    assert ran.code == 0
    assert "audit.fr.html" in ran.output
    assert (tmp_path / "out/confidential/audit.json").read_bytes() != before


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_init_then_audit(algo_audit, decisions, tmp_path, lang) -> None:
    ran = algo_audit("init", decisions, lang=lang)
    assert (ran.code, ran.errors) == (0, "")
    for column in ("sex", "age", "hired", "vacancy"):
        assert f"  {column}" in ran.output
    toml = tmp_path / "audit.toml"
    declared = tomllib.loads(toml.read_text(encoding="utf-8"))
    assert declared["roles"]["outcome"] == "hired"
    assert {"sex", "age"} <= set(declared["roles"]["protected"])
    before = toml.read_bytes()
    assert algo_audit("init", decisions).code == 2
    assert toml.read_bytes() == before
    assert algo_audit("init", decisions, "--force").code == 0
    ran = algo_audit("audit", toml, "--out", "out")
    assert ran.code == 0, ran.errors
    summary = f"summary.{lang}.html"
    assert _names(tmp_path / "out") == [f"audit.{lang}.html", "confidential/audit.json", summary]


def test_init_says_what_it_did_not_find(algo_audit, tmp_path) -> None:
    rows = [{"a": index % 7, "b": f"word {index % 3}"} for index in range(60)]
    ran = algo_audit("init", write_rows(tmp_path / "f.csv", rows), lang="en")
    assert ran.code == 0
    assert "not everything was recognised" in ran.output
    assert algo_audit("audit", tmp_path / "audit.toml", "--out", "out").code == 2
    assert not (tmp_path / "out").exists()


def test_render_needs_no_data(algo_audit, decisions, tmp_path) -> None:
    assert algo_audit("audit", decisions, *ROLES, "--lang", "fr", "--out", "out").code == 0
    direct = (tmp_path / "out" / "audit.fr.html").read_bytes()
    decisions.unlink()
    json_file = tmp_path / "out/confidential/audit.json"
    ran = algo_audit("render", json_file, "--lang", "fr", "--lang", "en", "--out", "again")
    assert ran.code == 0, ran.errors
    summaries = ["summary.en.html", "summary.fr.html"]
    assert _names(tmp_path / "again") == ["audit.en.html", "audit.fr.html", *summaries]
    assert (tmp_path / "again" / "audit.fr.html").read_bytes() == direct


def test_every_document_in_every_format(algo_audit, decisions, tmp_path) -> None:
    every = ("--format", "html,pdf,docx,xlsx,csv,json", "--document", "report,summary,form")
    ran = algo_audit("audit", decisions, *ROLES, *every, "--lang", "fr", "--out", "out")
    assert ran.code == 0, ran.errors
    names = _names(tmp_path / "out")
    kinds = ("csv.zip", "docx", "html", "pdf", "xlsx")
    assert names == [
        *(f"audit.fr.{kind}" for kind in kinds),
        "confidential/audit.json",
        *(f"{one}.fr.{kind}" for one in ("form", "summary") for kind in ("docx", "html", "pdf")),
    ]
    for name in names:
        assert (tmp_path / "out" / name).stat().st_size > 1000


def test_answers_are_carried_over_from_one_form_to_the_next(
    algo_audit, decisions, tmp_path
) -> None:
    from algo_audit.report.docx import write_docx
    from algo_audit.report.json import read_json
    from algo_audit.report.negotiation import box_id, build_form
    from algo_audit.report.word_answers import read_answers

    form = ("--format", "docx", "--document", "form", "--lang", "fr", "--out", "out")
    assert algo_audit("audit", decisions, *ROLES, "--out", "first").code == 0
    result = read_json(tmp_path / "first/confidential/audit.json")
    name = box_id(result.findings[0].id, "employer")
    write_docx(build_form(result, "fr", answers={name: "Réponse"}), tmp_path / "filled.docx")
    ran = algo_audit("audit", decisions, *ROLES, *form, "--answers", "filled.docx")
    assert ran.code == 0, ran.errors
    assert read_answers(tmp_path / "out/form.fr.docx")[name] == "Réponse"


def test_cases_are_listed(algo_audit) -> None:
    assert "recruitment: Recruitment" in algo_audit("cases", lang="en").output
    assert "recruitment\u00a0: Recrutement" in algo_audit("cases", lang="fr").output


def test_demo(algo_audit, tmp_path) -> None:
    ran = algo_audit("demo", "recruitment", "--reveal", lang="en")
    assert (ran.code, ran.errors) == (0, "")
    folder = tmp_path / "audit-recruitment"
    reports = ["audit.en.html", "audit.fr.html", "confidential/audit.json"]
    assert _names(folder) == [*reports, "summary.en.html", "summary.fr.html"]
    told = ran.output.partition("What the audit shows first:")[2].splitlines()
    assert [line[:2] for line in told[1:4]] == ["1.", "2.", "3."]
    assert "audit-recruitment/audit.fr.html" in ran.output
    assert "What was planted" in ran.output
    assert "career break" in ran.output


def test_demo_replaces_its_own_output_only(algo_audit, tmp_path) -> None:
    small = ("demo", "recruitment", "--size", "400", "--lang", "fr")
    assert algo_audit(*small).code == 0
    folder = tmp_path / "audit-recruitment"
    first = (folder / "confidential/audit.json").read_bytes()
    ran = algo_audit(*small, "--seed", "3")
    assert ran.code == 0, ran.errors
    second = (folder / "confidential/audit.json").read_bytes()
    assert second != first
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    ran = algo_audit(*small)
    assert ran.code == 2
    assert "contient autre chose" in ran.errors
    assert (folder / "confidential/audit.json").read_bytes() == second


def test_demo_does_not_replace_another_audit(algo_audit, decisions, tmp_path) -> None:
    out = tmp_path / "audit-recruitment"
    assert algo_audit("audit", decisions, *ROLES, "--out", out).code == 0
    assert algo_audit("demo", "recruitment").code == 2


def test_demo_refuses_a_number_of_rows_that_the_story_cannot_fill(algo_audit, tmp_path) -> None:
    ran = algo_audit("demo", "recruitment", "--size", "3", lang="en")
    assert ran.code == 2
    assert "200 to 1,000,000 rows" in ran.errors
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_ours_is_told_in_one_sentence(algo_audit, decisions, tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret value")

    monkeypatch.setattr("algo_audit.audit.run_audit", fail)
    ran = algo_audit("audit", decisions, *ROLES, "--out", "out", lang="en")
    assert ran.code == 70
    assert len(ran.errors.splitlines()) == 1
    assert "ZeroDivisionError" in ran.errors
    assert "secret" not in ran.errors
    assert not (tmp_path / "out").exists()
    assert "Traceback" in algo_audit("audit", decisions, *ROLES, "--out", "out", "--debug").errors


def test_ctrl_c_leaves_nothing(algo_audit, decisions, tmp_path, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("algo_audit.audit.run_audit", interrupted)
    ran = algo_audit("audit", decisions, *ROLES, "--out", "a/b", lang="en")
    assert ran.code == 130
    assert ran.errors == "Interrupted; nothing was written.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["decisions.csv"]


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing(tmp_path, sent) -> None:
    rows = make_decisions() * 200
    write_rows(tmp_path / "decisions.csv", rows)
    process = subprocess.Popen(
        [sys.executable, "-m", "algo_audit", "audit", "decisions.csv", *ROLES, "--out", "out"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ALGO_AUDIT_LANG": "en"},
        # tests started in the background inherit a Ctrl-C that is ignored; a person's run does not
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    for _ in range(600):  # until the run has begun to write
        if (tmp_path / "out").exists():
            break
        time.sleep(0.02)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "Interrupted; nothing was written.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["decisions.csv"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_silent_for_two_seconds_and_off_a_terminal(monkeypatch) -> None:
    screen, log = _Terminal(), io.StringIO()
    with step(Session("en", errors=screen), "cli.step.reading"):
        pass
    assert screen.getvalue() == ""
    monkeypatch.setattr("algo_audit.cli.progress._SILENT_SECONDS", 0.01)
    with step(Session("en", errors=log), "cli.step.reading"):
        time.sleep(0.05)
    assert log.getvalue() == ""
    with step(Session("en", errors=screen), "cli.step.reading"):
        time.sleep(0.05)
    assert "Reading the file…" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_a_reader_that_leaves_is_no_fault(monkeypatch) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    assert run(["cases"]) == 0
