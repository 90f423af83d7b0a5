"""``--worse``: a numeric outcome from the command line to every format, in both languages."""

from __future__ import annotations

import json
import random
from pathlib import Path

import jsonschema
import pytest
from openpyxl import load_workbook

from algo_audit.report.json import json_schema

COLUMNS = ("Prime annuelle", "Sexe", "Établissement")


@pytest.fixture
def premiums(tmp_path: Path) -> Path:
    """As Excel exports it in France: cp1252, semicolons, decimal commas, euros, one row twice."""
    rng = random.Random(4)
    lines = [f"Matricule;{';'.join(COLUMNS)};Note 2025"]
    for i in range(160):
        sex = "FH"[i % 2]
        amount = f"{rng.gauss(1450 if sex == 'F' else 1800, 300):,.2f}"
        amount = amount.replace(",", " ").replace(".", ",")
        place = ("Lyon", "Évry")[i // 2 % 2]
        text = f"{amount} €" if i % 23 else ""
        lines.append(f"{i:05};{text};{sex if i % 57 else ''};{place};{i % 5 + 1}")
    path = tmp_path / "primes.csv"
    path.write_bytes(("\r\n".join([*lines, lines[5]]) + "\r\n").encode("cp1252"))
    return path


ASKED = ("--outcome", "Prime annuelle", "--worse", "low", "--protected", "Sexe")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Écart établi", "1 4", "€", "La boîte contient", "Résultat examiné")),
        ("en", ("Gap established", "€1,4", "The box holds", "Outcome examined")),
    ],
)
def test_a_french_export_gives_a_report(algo_audit, premiums, language, said):
    ran = algo_audit(
        "audit", premiums, *ASKED, "--stratum", "Établissement", "--identifier", "Matricule",
        "--margin-amount", "50 €", "--lang", language, "--format", "html,xlsx,json", "--out", "r",
    )  # fmt: skip
    assert (ran.code, ran.errors) == (0, "")
    page = Path(f"r/audit.{language}.html").read_text(encoding="utf-8").replace("\u202f", " ")
    for words in said:
        assert words in page
    assert ">nan<" not in page.lower()
    assert load_workbook(f"r/audit.{language}.xlsx").sheetnames
    result = json.loads(Path("r/confidential/audit.json").read_text(encoding="utf-8"))
    jsonschema.validate(result, json_schema())
    # 160 people on 161 rows, 7 without a premium, 3 whose sex is not known stand in no figure
    amounts = result["amounts"]
    assert (amounts["unit"], amounts["averaged"], amounts["aside"]) == ("euro", 153, 2)
    rows = {(r["measure"], r["stratum"]): r for r in result["comparisons"]}
    assert rows["superiority", None]["verdict"] == "gap_established"
    assert rows["mean", None]["difference"]["value"] == pytest.approx(-350, abs=100)
    assert ("superiority", "Établissement") in rows


def test_a_toml_says_the_same_as_the_options(algo_audit, premiums):
    Path("audit.toml").write_text(
        f'[source]\nfile = "{premiums.name}"\n[roles]\noutcome = "Prime annuelle"\n'
        'worse = "low"\nprotected = ["Sexe"]\n[policy]\nmargin_amount = 50\n',
        encoding="utf-8",
    )
    for source, out in (
        ((premiums, *ASKED, "--margin-amount", "50 €"), "a"),
        (("audit.toml",), "b"),
    ):
        assert algo_audit("audit", *source, "--format", "json", "--out", out).code == 0
    one, other = (
        json.loads(Path(f"{out}/confidential/audit.json").read_text(encoding="utf-8"))
        for out in "ab"
    )
    assert one["comparisons"] == other["comparisons"]
    assert one["amounts"] == other["amounts"]


def test_percentages_are_told_in_points(algo_audit, tmp_path):
    rows = ["sexe;taux"] + [f"{'FH'[i % 2]};{10 + i % 7 + 3 * (i % 2)},5 %" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    ran = algo_audit(
        "audit", "t.csv", "--outcome", "taux", "--worse", "low", "--protected", "sexe",
        "--margin-amount", "2 %", "--lang", "fr", "--out", "r",
    )  # fmt: skip
    assert ran.code == 0
    page = Path("r/audit.fr.html").read_text(encoding="utf-8").replace("\u202f", " ")
    assert "points" in page
    assert "moins de 2,0 points" in page.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("given", "code", "french", "english"),
    [
        (("--outcome", "Prime annuelle", "--worse", "bas"), 2, "low", "low"),
        ((*ASKED, "--margin-amount", "0"), 2, "plus grand que zéro", "above nought"),
        ((*ASKED, "--score", "Note 2025"), 2, "retirer ces rôles", "take these roles out"),
        (("--outcome", "Sexe", "--worse", "low"), 2, "devrait contenir des nombres", "hold numbers"),
        (("--outcome", "Note 2025", "--ordered"), 2, "quel bout", "which end"),
        (
            ("--outcome", "Sexe", "--favourable", "F", "--margin-amount", "5"),
            2, "marge entre moyennes", "margin between means",
        ),
    ],
)  # fmt: skip
def test_faults(algo_audit, premiums, given, code, french, english):
    more = () if "--protected" in given else ("--protected", "Établissement")
    for language, words in (("fr", french), ("en", english)):
        ran = algo_audit("audit", premiums, *given, *more, "--out", "r", lang=language)
        assert ran.code == code
        assert words in ran.errors
        assert not Path("r").exists()


def test_init_proposes_pay_when_there_is_no_decision(algo_audit, premiums):
    ran = algo_audit("init", premiums, lang="fr")
    assert ran.code == 0
    assert "aucune décision dans ce fichier" in ran.output
    text = Path("audit.toml").read_text(encoding="utf-8")
    assert 'outcome = "Prime annuelle"' in text
    assert 'worse = "low"' in text
    assert algo_audit("audit", "audit.toml", "--out", "r").code == 0
    assert Path("r/audit.fr.html").exists()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_mean_in_one_column_for_each_group(algo_audit, tmp_path, lang):
    """One line per company: init finds the two columns, and the report says why no verdict."""
    lines = ["siren;Rem_globale_moyenne_F;Rem_globale_moyenne_H"]
    lines += [f"9{i:08};{21000 + 37 * i},50;{22000 + 41 * i},25" for i in range(30)]
    path = tmp_path / "indicateurs.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    ran = algo_audit("init", path, lang=lang)
    assert ran.code == 0, ran.errors
    ran = algo_audit("audit", "audit.toml", "--out", "r", "--lang", lang, lang=lang)
    assert ran.code == 0, ran.errors
    page = Path(f"r/audit.{lang}.html").read_text(encoding="utf-8")
    told = {"fr": "dans plusieurs groupes", "en": "in several groups"}[lang]
    essential = page[page.index('id="essential"') : page.index('id="reading"')]
    assert told in essential
    assert "audit.json)" not in page
