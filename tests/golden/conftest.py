"""Documents made once from the result made by hand."""

from __future__ import annotations

import pytest

from algo_audit.report.building import build_report
from algo_audit.report.document import Document, Section

from .model_texts import BOTH, MODELS, chapter
from .realistic import realistic_result

EVERY = [
    (language, audience)
    for language in ("fr", "en")
    for audience in ("full", "committee", "public")
]


@pytest.fixture(scope="session")
def documents() -> dict[tuple[str, str], Document]:
    result = realistic_result()
    return {pair: build_report(result, pair[0], audience=pair[1]) for pair in EVERY}


@pytest.fixture(params=EVERY, ids="-".join)
def made(request: pytest.FixtureRequest, documents: dict[tuple[str, str], Document]) -> Document:
    return documents[request.param]


@pytest.fixture(scope="session")
def chapters() -> dict[tuple[str, str], Section]:
    """The chapter on the system, by language and model."""
    return {(language, name): chapter(MODELS[name](), language) for language, name in BOTH}
