"""Ways to a favourable decision: ours for all people at once, and DiCE person by person.

Both get the same model, the same eight inputs that may change and the same bounds. Ours also
keeps to steps of one decimal and to combinations as ordinary as the file's, which DiCE is not
asked for. DiCE lives in an environment of its own, made once under ``build/``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from benchmarks.speed.measuring import Row, cpu_seconds, tell
from benchmarks.speed.recourse_data import (
    FREE,
    NUMBERS,
    applicants,
    bounds,
    fitted,
    refused,
    spreads,
)

ENVIRONMENT = Path("build/dice-environment")
PEER = Path(__file__).with_name("dice_recourse.py")
PEOPLE, BATCH, MANY = 50, 1000, 10_000
PEER_PEOPLE, PEER_PEOPLE_OF_FOUR = 15, 4  # its cost per person hardly depends on how many
ASKED = 400


def _environment() -> Path:
    """The Python of DiCE's environment, made on first use."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / ".installed").exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "dice-ml==0.12"], check=True, stdout=sys.stderr
        )
        (ENVIRONMENT / ".installed").touch()
    return python


def _peer() -> dict[str, dict[str, float]]:
    tasks = [
        {"model": model, "method": method, "answers": answers, "people": people}
        for model in ("boosting", "logistic")
        for method in ("random", "genetic")
        for answers, people in ((1, PEER_PEOPLE), (4, PEER_PEOPLE_OF_FOUR))
    ]
    done = subprocess.run(
        [_environment(), PEER, json.dumps(tasks)], check=True, stdout=subprocess.PIPE, text=True
    )
    told: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return told


class _Ours:
    """Our side: one model, its people and actions."""

    def __init__(self, name: str) -> None:
        from algo_audit.data.actions import Action
        from algo_audit.explain.recourse import learn_plausibility
        from algo_audit.models.inputs import read_inputs
        from algo_audit.models.sklearn_model import model_from_estimator

        self.frame, taken = applicants()
        self.estimator = fitted(name, self.frame, taken)
        self.model = model_from_estimator(self.estimator, name=name)
        self.rows = read_inputs(self.frame, self.model.inputs)
        limits = bounds(self.frame)
        self.actions = [
            Action(one, low=limits[one][0], high=limits[one][1], step=0.1)
            if one in limits
            else Action(one)
            for one in FREE
        ]
        # once for the file, as DiCE's own preparation, which is not counted either
        self.ordinary = learn_plausibility(self.model, self.rows.values)
        asked = refused(self.estimator, self.frame, MANY).index.to_numpy()
        self.asked = self.rows.values[asked]

    def people(self, number: int) -> np.ndarray:
        """The first of those refused, repeated where there are fewer."""
        return np.resize(self.asked, (number, self.asked.shape[1]))

    def find(self, number: int, ways: int):
        from algo_audit.explain.recourse import find_recourse

        assert self.model.rule is not None
        return find_recourse(
            self.model,
            self.people(number),
            needed=np.full(number, self.model.rule.value),
            actions=self.actions,
            people=self.rows.values,
            ways=ways,
            ordinary=self.ordinary,
        )

    def quality(self, number: int, ways: int) -> str:
        """Validity, number of changes and cost, as the peer's are counted."""
        scale, place = spreads(self.frame), {one.name: i for i, one in enumerate(self.model.inputs)}
        people, found = self.people(number), self.find(number, ways)
        changed, cost, valid = [], [], 0
        for person, one in zip(people, found, strict=True):
            for way in one.ways:
                row = person.copy()
                for change in way.changes:
                    at = place[change.column]
                    levels = self.model.inputs[at].levels
                    row[at] = levels.index(change.after) if levels else change.after
                valid += int(self.model.score(row[np.newaxis])[0] >= self.model.rule.value)
                moved = [
                    abs(row[place[name]] - person[place[name]]) / scale[name] for name in NUMBERS
                ]
                changed.append(len(way.changes))
                cost.append(sum(moved))
        number_of = max(len(cost), 1)
        return (
            f"ours {len(cost) / number:.2f} ways, {valid / number_of:.0%} valid, "
            f"{sum(changed) / number_of:.2f} changed, cost {sum(cost) / number_of:.2f} sd"
        )


def _rows(name: str, ours: _Ours, peer: dict[str, dict[str, float]]) -> list[Row]:
    rows = []
    for answers in (1, 4):
        ours.find(PEOPLE, answers)  # compiled and warmed up
        batch = cpu_seconds(lambda a=answers: ours.find(BATCH, a), times=3) / BATCH
        few = cpu_seconds(lambda a=answers: ours.find(PEOPLE, a), times=3) / PEOPLE
        quality = ours.quality(PEOPLE, answers)
        for method in ("random", "genetic"):
            theirs = peer[f"{name} {method} {answers}"]
            note = (
                f"{quality}; DiCE {theirs['found']:.2f} ways, {theirs['valid']:.0%} valid, "
                f"{theirs['changed']:.2f} changed, cost {theirs['cost']:.2f} sd; "
                f"with {PEOPLE} people only, {theirs['seconds'] / few:,.0f} times"
            )
            rows.append(
                Row(
                    f"recourse, {answers} way{'s' if answers > 1 else ''} per person, {name}, "
                    f"{BATCH:,} people at once, v DiCE {method}",
                    batch,
                    theirs["seconds"],
                    asked=ASKED,
                    note=note,
                )
            )
    return rows


def main() -> None:
    peer = _peer()
    rows = []
    for name in ("boosting", "logistic"):
        ours = _Ours(name)
        rows += _rows(name, ours, peer)
        slowest = cpu_seconds(lambda o=ours: o.find(MANY, 1), times=1)
        quickest = min(peer[f"{name} {method} 1"]["seconds"] for method in ("random", "genetic"))
        rows.append(
            Row(
                f"one way for {MANY:,} people, {name}, v {PEOPLE} people by DiCE's quicker method",
                slowest,
                quickest * PEOPLE,
                asked=1,
                note="whole run on our side",
            )
        )
    tell(rows)


if __name__ == "__main__":
    main()
