"""What kind of model a file holds, told by its bytes and never by its name."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import zipfile
import zlib
from typing import Literal, Protocol

FileKind = Literal[
    "grid", "skops", "onnx", "pickle", "keras", "archive", "other_library", "unknown"
]

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Opcodes that only the oldest pickles begin with: a mark, a global, an empty container.
_OLD_PICKLE = re.compile(
    rb"\A(?:\(?c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n|\((?:[dltiI]|S'|V|c)|ccopy_reg)"
)
_LAST_PICKLE_PROTOCOL = 5
# How much of a compressed file is looked at, and how far that may inflate.
_PEEKED = 4096
_INFLATED = 256
_TEXT_LOOKED_AT = 65_536


class _Inflater(Protocol):
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def kind_of(data: bytes) -> tuple[FileKind, str]:
    """Kind of a model's file, and what exactly was recognised.

    Returns
    -------
    kind : str
        ``grid`` (text, TOML) | ``skops`` | ``onnx`` | ``pickle`` (also compressed, also inside a
        zip, as joblib and PyTorch write them) | ``keras`` | ``archive`` (another zip) |
        ``other_library`` (a text model of LightGBM, XGBoost, PMML, safetensors) | ``unknown``.
    detail : str
        The first bytes of an unknown file; the library otherwise.

    Notes
    -----
    Nothing is parsed beyond the first bytes, and a compressed file is inflated by at most 256 of
    them.
    """
    if data.startswith(_ZIP):
        return _zip_kind(data)
    if is_pickle(data):
        return "pickle", "pickle"
    if data.startswith(b"\x89HDF\r\n\x1a\n"):
        return "keras", "HDF5"
    inside = _inflated(data)
    if inside is not None:
        return ("pickle", "joblib") if is_pickle(inside) else ("unknown", first_bytes(data))
    if data.startswith(b"ZF") and b"x" in data[:32]:
        return "pickle", "joblib"  # joblib before 0.10
    if looks_like_onnx(data):
        return "onnx", "ONNX"
    if data[8:10] == b'{"' and int.from_bytes(data[:8], "little") < len(data):
        return "other_library", "safetensors"
    return _text_kind(data)


def is_pickle(data: bytes) -> bool:
    """Does this begin as a pickle does?"""
    if data[:1] == b"\x80" and len(data) > 2 and 2 <= data[1] <= _LAST_PICKLE_PROTOCOL:
        return True
    return bool(_OLD_PICKLE.match(data)) and b"." in data[-4:]


def first_bytes(data: bytes) -> str:
    """The beginning of a file as a person may compare it: printable as it is, else in hex."""
    start = data[:8]
    if all(0x20 <= byte < 0x7F for byte in start):
        return start.decode("ascii")
    return start.hex(" ")


def _zip_kind(data: bytes) -> tuple[FileKind, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return "archive", "zip"
    if "schema.json" in names:
        return "skops", "skops"
    tails = {name.rpartition("/")[2].lower() for name in names}
    if "data.pkl" in tails or any(tail.endswith((".pkl", ".pickle", ".joblib")) for tail in tails):
        return "pickle", "zip"
    if "model.weights.h5" in tails:
        return "keras", "Keras"
    return "archive", "zip"


def _inflated(data: bytes) -> bytes | None:
    """First bytes inside a compressed file: b"" if they cannot be read, None if it is none."""
    start = data[:_PEEKED]
    try:
        if data.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(wbits=31).decompress(start, _INFLATED)
        if data[:1] == b"\x78" and data[1:2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
            return zlib.decompressobj().decompress(start, _INFLATED)
        inflater: _Inflater
        if data.startswith(b"BZh"):
            inflater = bz2.BZ2Decompressor()
            return inflater.decompress(start, _INFLATED)
        if data.startswith((b"\xfd7zXZ\x00", b"\x5d\x00\x00")):
            inflater = lzma.LZMADecompressor(memlimit=1 << 27)
            return inflater.decompress(start, _INFLATED)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return b""
    if data.startswith(b"\x04\x22\x4d\x18"):  # lz4, which joblib may use; not in the library
        return b"\x80\x04" + data[:2]
    return None


def looks_like_onnx(data: bytes) -> bool:
    """A protocol buffer that begins with a small version number and has a graph."""
    from algo_audit.models.onnx_file import graph_of

    return data[:1] == b"\x08" and graph_of(data) is not None


def _text_kind(data: bytes) -> tuple[FileKind, str]:
    start = data[:_TEXT_LOOKED_AT]
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "unknown", first_bytes(data)
    if bare.startswith((b"tree\n", b"tree\r\n")):
        return "other_library", "LightGBM"
    if bare.startswith(b"<") and b"PMML" in start:
        return "other_library", "PMML"
    if bare.startswith(b"{"):
        return "other_library", "XGBoost" if b'"learner"' in start else "JSON"
    if re.search(rb"^\s*(?:\[\[?[\w.\"' -]+\]?\]|[\w.\"'-]+\s*=)", start, re.MULTILINE) or (
        start.startswith((b"\xff\xfe", b"\xfe\xff"))
    ):
        return "grid", "TOML"
    return "unknown", first_bytes(data)
