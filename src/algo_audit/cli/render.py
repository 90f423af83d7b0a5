"""``algo-audit render audit.json``: reports again, without the data and without computing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from algo_audit.cli.delivery import Delivery, names_of
from algo_audit.cli.options import (
    DEFAULT_AUDIENCE,
    AnswersOption,
    AudienceOption,
    Checks,
    DebugOption,
    DocumentOption,
    ForceOption,
    LangOption,
    OutOption,
    RenderedFormatOption,
    read_audience,
    read_documents,
    read_languages,
    read_rendered_formats,
    required,
)
from algo_audit.cli.session import session_of


def render(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="json", help="cli.render.file")] = None,
    *,
    lang: LangOption = None,
    audience: AudienceOption = DEFAULT_AUDIENCE,
    formats: RenderedFormatOption = None,
    documents: DocumentOption = None,
    answers: AnswersOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    debug: DebugOption = False,
) -> None:
    """Make the reports of another language or audience from ``audit.json``."""
    session = session_of(context)
    session.debug |= debug
    checks = Checks()
    path = checks.value(lambda: required(file, session.text("cli.metavar.json")), "")
    languages = checks.value(lambda: read_languages(lang, (session.language,)), ())
    reader = checks.value(lambda: read_audience(audience), DEFAULT_AUDIENCE)
    kinds = checks.value(lambda: read_rendered_formats(formats), ())
    wanted = checks.value(lambda: read_documents(documents), ())
    if answers is not None and "form" not in wanted:
        checks.fault("cli.answers_without_form", "--answers", seen=answers)
    folder = Path(checks.value(lambda: required(out, "--out"), ".")).expanduser()
    checks.done()

    from algo_audit.cli.running import tell_files, write
    from algo_audit.report.json import read_json
    from algo_audit.report.word_answers import read_answers

    result = read_json(path)
    written = None if answers is None else read_answers(answers)
    names = names_of(languages, kinds, wanted)
    with Delivery(folder, names, force=force) as delivery:
        write(
            session,
            result,
            delivery,
            languages=languages,
            formats=kinds,
            audience=reader,
            documents=wanted,
            answers=written,
        )
    tell_files(session, delivery, names, audience=reader)
