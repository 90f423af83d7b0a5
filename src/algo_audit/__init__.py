"""Audit of algorithmic management: a file of decisions becomes a report to negotiate over.

The names below are loaded on first use, so that ``import algo_audit`` costs
next to nothing: neither pandas nor matplotlib nor scikit-learn is touched.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "AuditError": "algo_audit.errors",
    "Roles": "algo_audit.data.roles",
    "Policy": "algo_audit.data.policy",
    "Decisions": "algo_audit.data.decisions",
    "read_decisions": "algo_audit.data.reading",
    "Case": "algo_audit.cases.case",
    "load_case": "algo_audit.cases.case",
    "open_model": "algo_audit.models.opening",
    "CallableModel": "algo_audit.models.callable_model",
    "read_inputs": "algo_audit.models.inputs",
    "explain_scores": "algo_audit.explain.contributions",
    "explain_person": "algo_audit.explain.person",
    "AuditResult": "algo_audit.audit",
    "run_audit": "algo_audit.audit",
    "Document": "algo_audit.report.document",
    "build_report": "algo_audit.report.building",
    "builtin_case": "algo_audit.cases.case",
    "drawn_case": "algo_audit.cases.drawing",
    "say": "algo_audit.report.notebook",
    "show": "algo_audit.report.notebook",
    "build_sheet": "algo_audit.report.sheet",
    "write_html": "algo_audit.report.html",
    "write_json": "algo_audit.report.json",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 (the list is the table above)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'algo_audit' has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext algo_audit``: rich displays and plain sentences in a notebook."""
    from algo_audit.report import notebook

    notebook.load_ipython_extension(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext algo_audit``."""
    from algo_audit.report import notebook

    notebook.unload_ipython_extension(shell)


def __dir__() -> list[str]:
    return sorted(__all__)


if TYPE_CHECKING:
    from algo_audit.audit import AuditResult, run_audit
    from algo_audit.cases.case import Case, builtin_case, load_case
    from algo_audit.cases.drawing import drawn_case
    from algo_audit.data.decisions import Decisions
    from algo_audit.data.policy import Policy
    from algo_audit.data.reading import read_decisions
    from algo_audit.data.roles import Roles
    from algo_audit.errors import AuditError
    from algo_audit.explain.contributions import explain_scores
    from algo_audit.explain.person import explain_person
    from algo_audit.models.callable_model import CallableModel
    from algo_audit.models.inputs import read_inputs
    from algo_audit.models.opening import open_model
    from algo_audit.report.building import build_report
    from algo_audit.report.document import Document
    from algo_audit.report.html import write_html
    from algo_audit.report.json import write_json
    from algo_audit.report.notebook import say, show
    from algo_audit.report.sheet import build_sheet
