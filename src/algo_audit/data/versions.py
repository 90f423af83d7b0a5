"""Versions of the tool and of what its figures depend on."""

from __future__ import annotations

import platform
from typing import Any


def tool_versions(seed: int) -> dict[str, Any]:
    """Versions that a figure may depend on, and the seed."""
    from importlib.metadata import version

    libraries = ("numpy", "scipy", "pandas")
    return {
        "name": "algo_audit",
        "version": version("algo_audit"),
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
        "seed": seed,
    }
