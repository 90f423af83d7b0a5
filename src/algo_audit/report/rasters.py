"""Drawings of a document as PNG, for formats that take no SVG."""

from __future__ import annotations

import json
from collections.abc import Sequence

from algo_audit.report.typesetting import typeset_png

RESOLUTION = 200.0  # dots per inch
WIDTH = 140.0  # millimetres

_SOURCE = b"""
#let drawings = json(bytes(sys.inputs.drawings))
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#for (place, one) in drawings.enumerate() {
  if place > 0 { pagebreak() }
  image(bytes(one), format: "svg", width: float(sys.inputs.width) * 1mm)
}
"""


def png_of(drawings: Sequence[str]) -> tuple[bytes, ...]:
    """SVG drawings as PNG pictures on white, ``WIDTH`` wide at ``RESOLUTION``.

    Parameters
    ----------
    drawings : sequence of str
        Complete SVG documents.

    Returns
    -------
    tuple of bytes
        One picture each, in order.
    """
    if not drawings:
        return ()
    inputs = {"drawings": json.dumps(list(drawings)), "width": str(WIDTH)}
    return typeset_png(_SOURCE, inputs, resolution=RESOLUTION)
