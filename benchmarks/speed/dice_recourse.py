"""Run by DiCE's own environment: counterfactuals of both methods, with time and validity."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import dice_ml

sys.path.insert(0, str(Path(__file__).parent))

from recourse_data import FREE, NUMBERS, applicants, bounds, fitted, refused, spreads

warnings.filterwarnings("ignore")


def _measured(model, frame, taken, *, method: str, people: int, answers: int) -> dict:
    data = dice_ml.Data(
        dataframe=frame.assign(taken=taken), continuous_features=NUMBERS, outcome_name="taken"
    )
    explainer = dice_ml.Dice(data, dice_ml.Model(model=model, backend="sklearn"), method=method)
    asked = refused(model, frame, people)
    permitted = {name: list(both) for name, both in bounds(frame).items()}
    started = time.process_time()
    made = explainer.generate_counterfactuals(
        asked,
        total_CFs=answers,
        desired_class="opposite",
        features_to_vary=FREE,
        permitted_range=permitted,
        **({"random_seed": 0} if method == "random" else {}),
    )
    spent = time.process_time() - started
    found, valid, changed, cost = 0, 0, [], []
    scale = spreads(frame)
    for (_, person), example in zip(asked.iterrows(), made.cf_examples_list, strict=True):
        ways = example.final_cfs_df
        if ways is None or not len(ways):
            continue
        rows = ways[list(frame.columns)].copy()
        rows[NUMBERS] = rows[NUMBERS].astype(float)
        found += len(rows)
        valid += int((model.predict(rows) == 1).sum())
        for _, row in rows.iterrows():
            changed.append(int(sum(row[name] != person[name] for name in frame.columns)))
            cost.append(float((abs(row[NUMBERS] - person[NUMBERS]) / scale).astype(float).sum()))
    return {
        "seconds": spent / people,
        "found": found / people,
        "valid": valid / max(found, 1),
        "changed": sum(changed) / max(len(changed), 1),
        "cost": sum(cost) / max(len(cost), 1),
    }


def main() -> None:
    frame, taken = applicants()
    told = {}
    for task in json.loads(sys.argv[1]):
        model = fitted(task["model"], frame, taken)
        key = f"{task['model']} {task['method']} {task['answers']}"
        told[key] = _measured(
            model, frame, taken,
            method=task["method"], people=task["people"], answers=task["answers"],
        )  # fmt: skip
        sys.stderr.write(f"{key}: {told[key]}\n")
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
