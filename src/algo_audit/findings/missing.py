"""What a file of decisions cannot show."""

from __future__ import annotations

from algo_audit.data.decisions import Decisions
from algo_audit.explain.chapter import ModelChapters
from algo_audit.fairness.scores import Labels


def what_is_missing(
    decisions: Decisions, labels: Labels | None, model: ModelChapters | None
) -> tuple[str, ...]:
    """Codes of what this file cannot show, most general first."""
    roles = decisions.roles
    codes = ["cause", "before_the_file", "one_file"]
    for code, absent in (
        ("no_stratum", not decisions.strata),
        ("no_pool", decisions.pool is None),
        ("no_score", decisions.score is None),
        ("no_label", decisions.label is None),
        ("labels_only_for_selected", labels is not None and labels.coverage == "favourable_only"),
        ("no_advice", roles.advice is None),
        ("no_date", roles.date is None),
        ("no_model", model is None),
        ("stand_in", model is not None and model.fidelity is not None),
    ):
        if absent:
            codes.append(code)
    return tuple(codes)
