"""The files of a case's folder that a workshop needs and an audit does not, with their shapes.

They are ours, not a user's: a fault in one is a fault of the program, and the tests read all.
"""

from __future__ import annotations

import tomllib
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from algo_audit.cases.declaration import CriterionPart
from algo_audit.cases.folders import case_folder
from algo_audit.errors import AuditError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Both(_Part):
    """A text in both languages; a blank line ends a paragraph, ``- `` begins an item."""

    fr: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def text(self, language: str) -> str:
        """The text in a language."""
        return self.fr if language == "fr" else self.en


class Harm(_Part):
    """A ratio of rates that the vendor's decisions stay under, and the grid's do not."""

    attribute: str
    group: str
    reference: str
    at_most: Annotated[float, Field(gt=0, lt=1)]


class VendorFile(_Part):
    """``vendor.toml``: the learned system, and what it was trained on."""

    schema_: Annotated[Literal["algo-audit/vendor-1"], Field(alias="schema")]
    product: Both
    inputs: Annotated[list[str], Field(min_length=1)]
    label: str
    favourable: str | None = None
    at_least: float | None = None
    rows: int
    seed: int
    harm: Both
    harms: Annotated[list[Harm], Field(min_length=1)]
    criteria: list[CriterionPart] = []


class DocumentPart(_Part):
    """A part of a document: title and text."""

    title: Both
    text: Both


class HandedOver(_Part):
    """A document of the case; ``missing`` is what it leaves out on purpose."""

    key: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    kind: Literal["brochure", "handed_over"]
    title: Both
    author: Both
    missing: Both
    parts: Annotated[list[DocumentPart], Field(min_length=1)]


class DocumentsFile(_Part):
    """``documents.toml``."""

    schema_: Annotated[Literal["algo-audit/documents-1"], Field(alias="schema")]
    documents: Annotated[list[HandedOver], Field(min_length=1)]


class WaysPart(_Part):
    """What the other ways to fill the places are called, and the later result."""

    human: Both
    first: Both
    eligible: Both
    later: Both


class RoleCard(_Part):
    """A college's card."""

    who: Both
    wants: Both
    knows: Both
    may_offer: Both


class CollegesPart(_Part):
    """The three colleges."""

    state: RoleCard
    unions: RoleCard
    employers: RoleCard


class QuestionPart(_Part):
    """A question for a table, and where the report answers it."""

    text: Both
    answer: Both
    college: Literal["state", "unions", "employers"] | None = None


class Mislead(_Part):
    """Where the report misleads on purpose, and why."""

    text: Both
    why: Both


class CardsPart(_Part):
    """What a printed case card shows."""

    question: Both
    columns: Annotated[list[str], Field(min_length=2, max_length=9)]
    places: Annotated[int, Field(ge=1, lt=30)]
    names: dict[str, Both]


class PackFile(_Part):
    """``pack.toml``: what the facilitator's pack says of the case."""

    schema_: Annotated[Literal["algo-audit/pack-1"], Field(alias="schema")]
    opening: Both
    ways: WaysPart
    colleges: CollegesPart
    questions: Annotated[list[QuestionPart], Field(min_length=3)]
    values: dict[str, Both]
    misleads: Annotated[list[Mislead], Field(min_length=1)]
    cards: CardsPart
    projector: Both


class SheetColumn(_Part):
    """A line of the dictionary."""

    name: str
    meaning: Both
    values_held: Annotated[Both, Field(alias="values")]


class MarginLine(_Part):
    """A proportion of the file, and where it comes from."""

    name: Both
    source: Both
    measure: Literal["share", "blank", "mean", "median"]
    column: str
    value: str | None = None
    where: dict[str, str] = {}
    target: float
    tolerance: Annotated[float, Field(gt=0)]


class SheetFile(_Part):
    """``sheet.toml``: the words of the data sheet."""

    schema_: Annotated[Literal["algo-audit/sheet-1"], Field(alias="schema")]
    purpose: Both
    composition: Both
    uses: Both
    columns: Annotated[list[SheetColumn], Field(min_length=1)]
    variables: dict[str, Both]
    margins: Annotated[list[MarginLine], Field(min_length=1)]


Shape = TypeVar("Shape", bound=BaseModel)
_NAMES: dict[type[BaseModel], str] = {
    VendorFile: "vendor.toml",
    DocumentsFile: "documents.toml",
    PackFile: "pack.toml",
    SheetFile: "sheet.toml",
}


def holds(key: str, shape: type[BaseModel]) -> bool:
    """Whether a case's folder has the file of that shape."""
    return (case_folder(key) / _NAMES[shape]).is_file()


def read_file(key: str, shape: type[Shape]) -> Shape:
    """Read one of a case's files.

    Parameters
    ----------
    key : str
        Name of a built-in case.
    shape : type
        ``VendorFile``, ``DocumentsFile``, ``PackFile`` or ``SheetFile``.

    Returns
    -------
    shape

    Raises
    ------
    AuditError
        ``cases.unknown``; ``cases.file_missing`` where the case has no such file.
    """
    path = case_folder(key) / _NAMES[shape]
    if not path.is_file():
        raise AuditError("cases.file_missing", key, seen=path.name)
    return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
