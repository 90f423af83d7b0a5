"""A file name for each person's sheet that every system takes, and that no two people share."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

_SAFE = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_LONGEST = 48
_MARK = 8  # hexadecimal digits that tell two alike names apart


def sheet_stems(identifiers: Sequence[str]) -> tuple[str, ...]:
    """First parts of the file names of some people's sheets, in their order.

    An identifier of plain letters, digits, ``-``, ``_`` and ``.`` stands as it is:
    ``sheet-C-00123``. Any other, or one that differs from another by its case only (a folder of
    Windows takes them for the same), is made plain and followed by a part of its fingerprint.
    """
    plain = [_plain(one) for one in identifiers]
    times = Counter(name.casefold() for name in plain)
    return tuple(
        f"sheet-{name}"
        if name == one and times[name.casefold()] == 1
        else "-".join(part for part in ("sheet", name, _fingerprint(one)) if part)
        for one, name in zip(identifiers, plain, strict=True)
    )


def _plain(identifier: str) -> str:
    if len(identifier) <= _LONGEST and _SAFE.fullmatch(identifier):
        return identifier
    return re.sub(r"[^A-Za-z0-9]+", "-", identifier).strip("-")[: _LONGEST - _MARK].rstrip("-")


def _fingerprint(identifier: str) -> str:
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
