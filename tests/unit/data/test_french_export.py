"""A messy export, as a French HR department makes it, against a plain count of its rows."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles

ROLES = Roles(
    outcome="Décision finale",
    protected=("Sexe", "Âge", "RQTH"),
    strata=("Établissement", "Établissement*Métier"),
    score="Note /20",
    label="Bilan à 6 mois",
    weight="Pondération",
    pool="N° offre",
    cluster="Matricule",
    identifier="Matricule",
    date="Date de dépôt",
)
HEADER = (
    "Matricule", "N° offre", "Date de dépôt", "Sexe", "Âge", "RQTH", "Établissement", "Métier",
    "Note /20", "Pondération", "Décision finale", "Bilan à 6 mois", "Commentaire",
)  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, ...]]:
    """400 applications; what is written varies as several people fill it in."""
    draw = random.Random(20250301)
    made = []
    for number in range(400):
        decision = draw.choice(["Retenu", "Refusé", "refusé", "Refusé ", "RETENU", ""])
        kept = decision.strip().casefold() == "retenu"
        made.append(
            (
                f"{number // 2:06}",
                f"OF-{draw.randrange(12):02}",
                f"{draw.randrange(1, 29):02}/{draw.randrange(1, 13):02}/2025",
                draw.choice(["Femme", "femme", "Homme", "Homme\u00a0", "", "non renseigné"]),
                draw.choice(
                    [str(draw.randrange(18, 66)), f"{draw.randrange(18, 66)} ans", "", "NC"]
                ),
                draw.choice(["Oui", "Non", "Non", "?"]),
                draw.choice(["Saint-Étienne", "Saint-Etienne", "Lyon", "LYON"]),
                draw.choice(["Caisse", "Entrepôt"]),
                draw.choice([f"{draw.randrange(0, 200) / 10:.1f}".replace(".", ","), "", "n/a"]),
                draw.choice(["1", "0,5", "1 000,25", "1\u00a0000,25"]),
                decision,
                draw.choice(["Satisfaisant", "Insuffisant"]) if kept else "",
                draw.choice(["", 'dit "oui" ; à revoir', "deux\nlignes", "été à Nîmes – 3 €"]),
            )
        )
    return made + made[:5]


@pytest.fixture(scope="module")
def decisions(rows, tmp_path_factory):
    def cell(text: str) -> str:
        quoted = '"' + text.replace('"', '""') + '"'
        return quoted if re.search('[";\n]', text) else text

    lines = ["Suivi des candidatures ;;;", ";" * 14, ";".join(HEADER) + ";;"]
    for index, row in enumerate(rows):
        lines.append(";".join(map(cell, row)) + ";;")
        if index % 90 == 89:
            lines.append(";" * 14)
    path = tmp_path_factory.mktemp("export") / "Suivi 2025.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return read_decisions(path, ROLES)


def used(rows):
    return [row for row in rows if row[10].strip()]


def test_rows_and_decisions(decisions, rows):
    kept = used(rows)
    assert decisions.source.rows == len(rows) == 405
    assert decisions.source.rows_used == len(decisions) == len(kept)
    expected = [int(row[10].strip().casefold() == "retenu") for row in kept]
    assert decisions.outcome.tolist() == expected
    assert (decisions.source.encoding, decisions.source.delimiter) == ("cp1252", ";")


def test_groups(decisions, rows):
    kept = used(rows)
    for name, place, wanted in (("Sexe", 3, ("femme", "homme")), ("RQTH", 5, ("non", "oui"))):
        column = decisions.protected[name]
        assert tuple(level.casefold() for level in column.levels) == wanted
        words = [row[place].strip().casefold() for row in kept]
        expected = [wanted.index(word) if word in wanted else -1 for word in words]
        assert column.codes.tolist() == expected
    ages = [re.match(r"\d+", row[4]) for row in kept]
    bands = [-1 if age is None else sum(int(age[0]) >= cut for cut in (30, 40, 50)) for age in ages]
    assert decisions.protected["Âge"].codes.tolist() == bands


def test_strata_pools_and_clusters(decisions, rows):
    kept = used(rows)
    assert len(decisions.strata["Établissement"].levels) == 2
    assert len(decisions.strata["Établissement*Métier"].levels) == 4
    pool = [decisions.pool.levels[code] for code in decisions.pool.codes]
    assert pool == [row[1] for row in kept]
    cluster = [decisions.cluster.levels[code] for code in decisions.cluster.codes]
    assert cluster == [row[0] for row in kept]


def test_numbers(decisions, rows):
    def number(text: str) -> float:
        bare = re.sub(r"\s", "", text).replace(",", ".")
        return float(bare) if re.fullmatch(r"[\d.]+", bare) else float("nan")

    kept = used(rows)
    np.testing.assert_array_equal(decisions.score, [number(row[8]) for row in kept])
    assert decisions.weight.tolist() == [number(row[9]) for row in kept]
    later = {"Satisfaisant": 1, "Insuffisant": 0, "": -1}
    assert decisions.label.tolist() == [later[row[11]] for row in kept]


def test_text_is_kept(decisions, rows):
    texts = [row[12].replace("\n", "\r\n") for row in used(rows)]
    found = [
        text.replace("\r\n", "\n").replace("\n", "\r\n") for text in decisions.table["Commentaire"]
    ]
    assert found == texts


def test_journal(decisions, rows):
    told = {(entry.code, entry.column): dict(entry.values) for entry in decisions.journal}
    blank = sum(not row[10].strip() for row in rows)
    assert told["outcome_missing", "Décision finale"] == {"rows": blank}
    assert told["blank_rows", ""] == {"rows": 4}
    assert told["title_lines", ""] == {"lines": 1}
    assert told["blank_columns", ""] == {"columns": 2}
    assert told["duplicate_rows", ""] == {"rows": 5}
    assert told["dates_understood", "Date de dépôt"]["order"] == "dmy"
    assert ("decimal_comma", "Note /20") in told
    assert ("identifier_as_text", "Matricule") in told
    assert told["columns_without_role", ""] == {"columns": ["Commentaire"]}
