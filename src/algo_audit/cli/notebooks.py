"""``algo-audit notebooks``: the auditor's notebooks, copied out of the installed package."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import typer

from algo_audit.cli.delivery import Delivery
from algo_audit.cli.options import (
    Checks,
    DebugOption,
    ForceOption,
    LangOption,
    OutOption,
    read_languages,
    required,
)
from algo_audit.cli.session import session_of
from algo_audit.errors import AuditError


def notebooks(
    context: typer.Context,
    *,
    lang: LangOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Copy the notebooks into a folder, and say how to open them."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    languages = checks.value(lambda: read_languages(lang, (session.language,)), ())
    folder = Path(checks.value(lambda: required(out, "--out"), ".")).expanduser()
    checks.done()

    shipped = shipped_notebooks(languages)
    names = tuple(path.name for path in shipped)
    with Delivery(folder, names, force=force) as delivery:
        for path in shipped:
            shutil.copyfile(path, delivery.path(path.name))
        delivery.publish()
    session.say("cli.written")
    for name in names:
        session.print(f"  {folder / name}")
    session.print()
    if find_spec("jupyterlab") is None:
        session.say("cli.notebooks.install")
    session.say("cli.notebooks.open", folder=str(folder))


def shipped_notebooks(languages: tuple[str, ...]) -> list[Path]:
    """The notebooks in these languages: of an installed package, else of a checkout.

    Raises
    ------
    AuditError
        ``cli.notebooks_missing``: the package was installed without them.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "notebooks", package.parent.parent / "notebooks"):
        found = [path for one in languages for path in sorted(folder.glob(f"*.{one}.ipynb"))]
        if found:
            return found
    raise AuditError("cli.notebooks_missing")
