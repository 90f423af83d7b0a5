"""Total lines and withdrawals: lines of a list of decisions that are no refusals."""

from __future__ import annotations

import numpy as np
import pytest

from algo_audit.data.reading import read_decisions
from algo_audit.data.roles import Roles
from algo_audit.errors import AuditError

N = 30
SEX = ["F", "H"] * (N // 2)
DECISION = ["Retenu", "Refusé", "Refusé"] * (N // 3)


def journal(decisions):
    return {entry.code: entry.values for entry in decisions.journal}


@pytest.fixture
def with_total(table_file):
    def write(label: str, **more: str):
        last = {"n": label, "sexe": "", "note": "", "decision": "60"} | more
        columns = {
            "n": [str(100 + index) for index in range(N)],
            "sexe": SEX,
            "note": [str(index % 7) for index in range(N)],
            "decision": DECISION,
        }
        return table_file({name: [*cells, last[name]] for name, cells in columns.items()})

    return write


@pytest.mark.parametrize("label", ["Total", "TOTAL :", "Total général", "Ensemble"])
def test_a_total_below_is_nobody(with_total, roles, label):
    decisions = read_decisions(with_total(label), roles)
    assert decisions.source.rows == decisions.source.rows_used == N
    assert decisions.outcome.tolist() == [int(one == "Retenu") for one in DECISION]
    assert len(decisions.table) == N
    assert journal(decisions)["total_lines_below"] == {"rows": 1}


def test_a_person_whose_name_is_a_word_for_totals_stays(with_total, roles):
    path = with_total("Total", sexe="F", note="3", decision="Retenu")
    decisions = read_decisions(path, roles)
    assert decisions.source.rows == N + 1
    assert "total_lines_below" not in journal(decisions)


def test_a_total_in_the_midst_is_left_for_people_to_see(table_file, roles):
    decision = [*DECISION[:10], "60", *DECISION[10:]]
    path = table_file(
        {"n": ["Total" if d == "60" else "1" for d in decision], "sexe": ["F", *SEX],
         "a": [""] * len(decision), "b": [""] * len(decision), "decision": decision}
    )  # fmt: skip
    with pytest.raises(AuditError) as caught:
        read_decisions(path, roles)
    assert caught.value.code == "reading.outcome_not_binary"


@pytest.fixture
def withdrawn_file(table_file):
    decision = ["Désisté" if index % 10 == 9 else one for index, one in enumerate(DECISION)]
    motive = ["retrait" if index in (0, 1, 9) else "" for index in range(N)]
    blank = [("" if index == 2 else one) for index, one in enumerate(decision)]
    return table_file({"sexe": SEX, "decision": blank, "motif": motive})


def test_who_withdrew_was_not_refused(withdrawn_file):
    roles = Roles(outcome="decision", protected=("sexe",), withdrawn=("desiste",))
    decisions = read_decisions(withdrawn_file, roles)
    assert decisions.source.rows_used == N - 3 - 1
    aside = {(one.reason, one.rows) for one in decisions.source.rows_set_aside}
    assert aside == {("withdrew", 3), ("outcome_missing", 1)}
    assert decisions.roles.favourable == "Retenu"  # two values are left: no need to name it
    assert journal(decisions)["withdrew"] == {"people": 3}
    assert set(decisions.table["decision"]) == {"Retenu", "Refusé"}


def test_another_column_may_say_it(withdrawn_file):
    roles = Roles(outcome="decision", favourable="Retenu", protected=("sexe",),
                  withdrawn=("Désisté", "motif=Retrait"))  # fmt: skip
    decisions = read_decisions(withdrawn_file, roles)
    assert decisions.source.rows_used == N - 5 - 1
    assert np.isin(decisions.outcome, (0, 1)).all()


@pytest.mark.parametrize("wrong", ["Desistement", "motif=parti"])
def test_a_withdrawal_that_is_not_in_the_file_is_a_fault(withdrawn_file, wrong):
    roles = Roles(outcome="decision", favourable="Retenu", protected=("sexe",), withdrawn=(wrong,))
    with pytest.raises(AuditError) as caught:
        read_decisions(withdrawn_file, roles)
    assert [fault.code for fault in caught.value.faults] == ["reading.withdrawn_missing"]
