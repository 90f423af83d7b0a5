"""Help in both languages, quick because nothing heavy is imported."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from algo_audit import __version__
from algo_audit.cli.delivery import names_of
from algo_audit.cli.options import FORMATS
from algo_audit.report.writing import writer_of

COMMANDS = ("demo", "init", "audit", "explain", "render", "cases", "notebooks")
HEAVY = {"pandas", "matplotlib", "sklearn", "scipy", "numpy", "statsmodels", "jinja2"}
ENGLISH = ("Usage:", "Options:", "Show this message", "Commands:", "Print", "default")
FRENCH = ("Usage\u00a0:", "Options\u00a0:", "Affiche", "À répéter", "Langue")


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_speaks_one_language(algo_audit, command) -> None:
    french = algo_audit(*command, "--help")
    english = algo_audit(*command, "--help", lang="en")
    assert (french.code, english.code) == (0, 0)
    assert french.errors == english.errors == ""
    assert "Usage\u00a0:" in french.output
    assert "Usage:" in english.output
    assert not [word for word in ENGLISH if word in french.output]
    assert not [word for word in FRENCH if word in english.output]


def test_help_lists_what_is_built(algo_audit) -> None:
    text = algo_audit("--help").output
    listed = [line.split()[0] for line in text.splitlines() if line.startswith("  ")]
    assert [word for word in listed if word in {*COMMANDS, "check", "workshop"}] == list(COMMANDS)
    assert "Commandes\u00a0:" in text


def test_no_command_gives_help(algo_audit) -> None:
    assert algo_audit().output == algo_audit("--help").output


def test_version(algo_audit) -> None:
    assert algo_audit("--version").output == f"algo-audit {__version__}\n"


def test_help_of_audit_names_every_option(algo_audit) -> None:
    text = algo_audit("audit", "--help").output
    for option in [
        "outcome",
        "favourable",
        "protected",
        "stratum",
        "score",
        "label",
        "cluster",
        "pool",
        "weight",
        "lang",
        "format",
        "audience",
        "margin",
        "primary",
        "reference",
        "cuts",
        "sheet",
        "encoding",
        "model",
        "input",
        "rule",
        "identifier",
        "advice",
        "seniority",
        "date",
        "seed",
        "out",
        "force",
        "debug",
        "help",
    ]:
        assert f"  --{option}" in text


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("command", ["audit", "render", "pool", "pack", "warmup", "explain"])
def test_help_lists_the_formats_that_the_command_takes(algo_audit, command, lang) -> None:
    """Read from the help itself, then tried: a format listed is taken, one left out refused."""
    text = " ".join(algo_audit(command, "--help", lang=lang).output.split())
    listed = text.split("--format ")[1].split(" --")[0]
    left_out = [kind for kind in FORMATS if kind not in listed]
    for kind in FORMATS:
        # Without any other argument the run stops before it computes; what counts is who is blamed.
        errors = algo_audit(command, "--format", kind, "--out", "out", lang=lang).errors
        assert ("--format" in errors) == (kind in left_out)


def test_help_fits_a_narrow_terminal(algo_audit, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = algo_audit("audit", "--help").output.splitlines()[2:]
    assert max(map(len, lines)) <= 60


@pytest.mark.parametrize("arguments", [["--help"], ["audit", "--help"], ["audit"], ["demo"]])
def test_help_and_usage_errors_import_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom algo_audit.cli.main import run\n"
        f"run({arguments!r})\nprint('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert {name.partition(".")[0] for name in loaded}.isdisjoint(HEAVY)


def test_formats_offered_are_the_formats_written() -> None:
    assert set(FORMATS) == {"html", "pdf", "docx", "xlsx", "csv", "json"}
    for kind in FORMATS:
        assert kind == "json" or callable(writer_of(kind))
    assert names_of(("fr", "en"), ("html", "csv", "json"), ("report", "form")) == (
        "audit.fr.html",
        "audit.en.html",
        "audit.fr.csv.zip",
        "audit.en.csv.zip",
        "form.fr.html",
        "form.en.html",
        "confidential/audit.json",
    )
