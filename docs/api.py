"""The interface reference, made from the docstrings with pdoc.

python docs/api.py [FOLDER]      write it (build/api unless told)
"""

from __future__ import annotations

import pkgutil
import sys
import warnings
from pathlib import Path

import pdoc

import algo_audit

HERE = Path(__file__).parent


def modules() -> list[str]:
    """The package, then its rooms; pdoc goes through the modules of each."""
    found = pkgutil.iter_modules(algo_audit.__path__, prefix="algo_audit.")
    return ["algo_audit", *sorted(one.name for one in found if "._" not in one.name)]


def hold_names() -> None:
    """Names that are loaded on first use: pdoc looks only at what a module already holds."""
    for name in algo_audit.__all__:
        setattr(algo_audit, name, getattr(algo_audit, name))


def write(folder: Path) -> None:
    """Write the pages; a name that cannot be shown is an error."""
    hold_names()
    pdoc.render.configure(docformat="numpy", footer_text=f"algo_audit {algo_audit.__version__}")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        # fields of named tuples, whose names of types pdoc looks for in the wrong module: they
        # are shown as the source writes them
        warnings.filterwarnings("ignore", message="Error parsing type annotation")
        pdoc.pdoc(*modules(), output_directory=folder)


def main() -> int:
    """Write the reference."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else HERE.parent / "build" / "api"
    write(folder)
    sys.stdout.write(f"{folder / 'algo_audit.html'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
