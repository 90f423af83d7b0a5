"""Which language the command line speaks."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from algo_audit.cli.session import Session, choose_language


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "fr"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "fr_FR.UTF-8"}, "fr"),
        ([], {"LANG": "de_DE.UTF-8"}, "fr"),
        ([], {"LANG": "C.UTF-8"}, "fr"),
        ([], {"LC_MESSAGES": "fr_FR", "LANG": "en_US"}, "fr"),
        ([], {"LC_ALL": "en_US", "LC_MESSAGES": "fr_FR"}, "en"),
        ([], {"LC_ALL": "", "LANG": "en_US"}, "en"),
        ([], {"LC_ALL": "C", "LANG": "en_US"}, "fr"),
        ([], {"ALGO_AUDIT_LANG": "en", "LC_ALL": "fr_FR"}, "en"),
        ([], {"ALGO_AUDIT_LANG": "klingon", "LANG": "en_US"}, "en"),
        (["audit", "--lang", "en"], {"ALGO_AUDIT_LANG": "fr"}, "en"),
        (["audit", "--lang=en", "--lang=fr"], {}, "en"),
        (["audit", "--lang", "xx", "--lang", "en"], {}, "en"),
        (["audit", "--lang"], {"LANG": "en_US"}, "en"),
    ],
)
def test_language(arguments: list[str], environment: dict[str, str], language: str) -> None:
    assert choose_language(arguments, environment) == language


def test_an_old_console_gets_question_marks_and_no_crash() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "algo_audit", "audit", "--out", "≥\u202f×", "--lang", "fr"],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "cp1252", "SYSTEMROOT": "", "PATH": ""},
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert "décision".encode("cp1252") in done.stderr


def test_a_session_speaks_its_language() -> None:
    stream = io.StringIO()
    Session("en", output=stream).say("cli.written")
    Session("fr", output=stream).say("cli.written")
    assert stream.getvalue() == "Written:\nÉcrit\u00a0:\n"
