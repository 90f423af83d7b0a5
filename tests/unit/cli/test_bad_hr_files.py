"""Bad input of the files that people really hold: one sentence per fault, all told at once."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = ("matricule", "sexe", "naissance", "entree", "quotite", "jour", "promu")
OPTIONS = (
    "--outcome", "promu", "--protected", "sexe", "--protected", "naissance",
    "--stratum", "entree", "--date", "jour", "--identifier", "matricule",
)  # fmt: skip
STAGES = ("candidature", "preselection", "entretien", "embauche")
BY_COUNT = ("--count", "effectif", "--outcome", "promus", "--protected", "sexe", "--stratum", "service")  # fmt: skip
Make = Callable[[Path], tuple[object, ...]]


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> Path:
    with path.open("w", encoding="cp1252", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([header, *rows])
    return path


def _people() -> list[list[str]]:
    draw = random.Random(4)

    def day(low: int, high: int) -> str:
        return f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/{draw.randint(low, high)}"

    return [
        [f"{i:05}", "FH"[i % 2], day(1962, 2000), day(2001, 2022), "80 %", "15/03/2024",
         draw.choice(["oui", "non"])]
        for i in range(80)
    ]  # fmt: skip


def _hr(**cells: str) -> Make:
    """An HR export with one cell wrong in each of these columns, on lines 7, 8…"""

    def make(folder: Path) -> tuple[object, ...]:
        rows = _people()
        for place, (column, cell) in enumerate(cells.items()):
            rows[5 + place][HEADER.index(column)] = cell
        return (_write(folder / "export.csv", HEADER, [tuple(row) for row in rows]), *OPTIONS)

    return make


def _without_date(folder: Path) -> tuple[object, ...]:
    path = _write(folder / "export.csv", HEADER, [tuple(row) for row in _people()])
    return (path, "--outcome", "promu", "--protected", "naissance")


def _stages(folder: Path) -> tuple[object, ...]:
    rows = [
        ("FH"[i % 2], "oui", "oui" if i % 3 else "non", "oui" if i % 3 else "", "non" if i % 3 else "")
        for i in range(60)
    ]  # fmt: skip
    rows[0] = ("F", "oui", "non", "oui", "")
    rows[4] = ("F", "oui", "oui", "non", "oui")
    path = _write(folder / "etapes.csv", ("sexe", *STAGES), rows)
    return (path, *(part for one in STAGES for part in ("--stage", one)), "--protected", "sexe")


def _counted(rows: list[tuple[object, ...]]) -> Make:
    def make(folder: Path) -> tuple[object, ...]:
        header = ("service", "sexe", "effectif", "promus")
        return (_write(folder / "tableau.csv", header, rows), *BY_COUNT)

    return make


def _lists(change: Callable[[int, str], str]) -> Make:
    """A list of the chosen whose identifiers were changed, and its register."""

    def make(folder: Path) -> tuple[object, ...]:
        people = [(f"{i:05}", "FH"[i % 2]) for i in range(80)]
        register = _write(folder / "registre.csv", ("matricule", "sexe"), people)
        chosen = [(change(i, one), "x") for i, (one, _) in enumerate(people) if i % 4 == 1]
        path = _write(folder / "liste.csv", ("matricule", "nom"), chosen)
        return (path, "--population", register, "--identifier", "matricule", "--protected", "sexe")

    return make


BAD: dict[str, tuple[Make, tuple[tuple[str, ...], ...]]] = {
    # name: how to make it, and what each sentence holds in both languages
    "dates in two formats": (
        _hr(naissance="1984-12-31", entree="2019-01-02"),
        (("naissance", "1984-12-31", "7"), ("entree", "2019-01-02", "8")),
    ),
    "a decision in another format": (_hr(jour="03/15/2024"), (("jour", "03/15/2024", "7"),)),
    "a future birth and a future entry": (
        _hr(naissance="14/02/2031", entree="01/01/2031"),
        (("naissance", "14/02/2031", "7"), ("entree", "01/01/2031", "8")),
    ),
    "a birth date without a day of decision": (_without_date, (("naissance", "--date"),)),
    "a stage passed by someone who never entered it": (
        _stages,
        (("entretien", "preselection", "2"), ("embauche", "entretien", "6")),
    ),
    "totals that do not add up": (
        _counted([("A", "F", 50, 9), ("A", "H", 60, 20), ("Total A", "", 111, 29), ("Total", "", 110, 30)]),
        (("effectif", "111", "110", "4"), ("promus", "30", "29", "5")),
    ),
    "percentages written as text": (
        _counted([("A", "F", 50, "12 %"), ("A", "H", 60, "18 %"), ("B", "F", 40, "11,7 %")]),
        (("promus", "12 %"),),
    ),
    "a headcount in percent": (
        _counted([("A", "F", "45 %", 9), ("A", "H", "55 %", 20)]),
        (("effectif", "45 %", "2"),),
    ),
    "identifiers that lost their zeros": (_lists(lambda _, one: one.lstrip("0")), (("matricule", "1"),)),
    "a few identifiers that lost their zeros": (
        _lists(lambda i, one: one.lstrip("0") if i == 1 else one),
        (("matricule", "1"),),
    ),
    "two lists from different dates": (
        _lists(lambda i, one: one if i < 9 else f"9{one}"),
        (("18", "20", "matricule"),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", BAD)
def test_bad_hr_file(algo_audit, tmp_path: Path, name: str, lang: str) -> None:
    make, sentences = BAD[name]
    arguments = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    ran = algo_audit("audit", *arguments, "--out", tmp_path / "out", lang=lang)
    assert ran.code == 2, ran.errors
    assert ran.output == ""
    assert len(ran.sentences) == len(sentences), ran.errors
    for said, parts in zip(ran.sentences, sentences, strict=True):
        spaced = said.replace("\u202f", " ").replace("\xa0", " ")
        for part in parts:
            assert part in spaced, said
    assert sorted(tmp_path.rglob("*")) == before


def test_two_writings_of_working_time_in_one_column(algo_audit, tmp_path: Path) -> None:
    rows = _people()
    for place, row in enumerate(rows):
        row[4] = ("80 %", "0,8", "100 %", "1")[place // 2 % 4]
    path = _write(tmp_path / "export.csv", HEADER, [tuple(row) for row in rows])
    ran = algo_audit(
        "audit", path, "--outcome", "promu", "--protected", "quotite", "--out", tmp_path / "out",
        "--format", "json", lang="fr",
    )  # fmt: skip
    assert ran.code == 0, ran.errors
    text = (tmp_path / "out" / "confidential" / "audit.json").read_text(encoding="utf-8")
    groups = [one for one in json.loads(text)["groups"] if one["attribute"] == "quotite"]
    assert {one["group"]: one["n"] for one in groups} == {"<1": 40, "1+": 40}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_list_partly_outside_its_register_is_told_in_the_report(algo_audit, tmp_path, lang):
    changed = _lists(lambda i, one: f"9{one}" if i in (1, 5) else one)(tmp_path)
    out = tmp_path / "out"
    ran = algo_audit("audit", *changed, "--out", out, "--format", "html", "--lang", lang, lang=lang)
    assert ran.code == 0, ran.errors
    page = (out / f"audit.{lang}.html").read_text(encoding="utf-8")
    wanted = {"fr": "Toute la liste n’est pas dans le registre", "en": "Not everybody on the list"}
    assert wanted[lang] in page


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_file_with_no_group_large_enough(algo_audit, tmp_path: Path, lang: str) -> None:
    rows = [("F", "oui"), ("H", "non"), ("F", "non"), ("H", "oui")]
    path = _write(tmp_path / "petit.csv", ("sexe", "promu"), rows)
    arguments = (path, "--outcome", "promu", "--protected", "sexe", "--out", tmp_path / "out")
    ran = algo_audit("audit", *arguments, lang=lang)
    assert ran.code == 0, ran.errors
