"""Archives that inflate, lie, nest or are packed oddly."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace

from .model_files import archive, members_of, refused, write


def test_bombs(tmp_path, pipelines, limits):
    members = members_of(pipelines["linear"])
    bomb = archive({**members, "1.npy": b"\x00" * 30_000_000}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    refused(write(tmp_path, "m.skops", bomb), "model.archive_inflates")
    tight = replace(limits, models=replace(limits.models, largest_inflated=1, largest_ratio=10**6))
    refused(tmp_path / "m.skops", "model.archive_inflates", limits=tight)
    few = replace(limits, models=replace(limits.models, members=3))
    path = write(tmp_path, "n.skops", archive(members))
    refused(path, "model.archive_members", limits=few)


def lying(data, name, told):
    """The same archive whose directory and member announce another size."""
    made = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive_:
        member = archive_.getinfo(name)
    made[member.header_offset + 22 : member.header_offset + 26] = struct.pack("<I", told)
    place = data.index(b"PK\x01\x02")
    while data[place + 46 : place + 46 + len(name)] != name.encode():
        place = data.index(b"PK\x01\x02", place + 4)
    made[place + 24 : place + 28] = struct.pack("<I", told)
    return bytes(made)


def test_a_bomb_with_a_lying_header(tmp_path, pipelines):
    members = members_of(pipelines["linear"])
    bomb = archive({**members, "1.npy": b"\x00" * 30_000_000}, zipfile.ZIP_DEFLATED)
    refused(write(tmp_path, "m.skops", lying(bomb, "1.npy", 100)), "model.archive_broken")
    # and one that announces more than it holds
    path = write(tmp_path, "n.skops", lying(archive(members), "schema.json", 4_000_000_000))
    refused(path, "model.archive_inflates")


def test_archives_inside_archives_and_odd_packing(tmp_path, pipelines):
    members = members_of(pipelines["linear"])
    nested = archive({**members, "1.npy": archive({"a": b"b"})})
    refused(write(tmp_path, "a.skops", nested), "model.archive_nested")
    refused(write(tmp_path, "b.skops", archive({**members, "m.npz": b""})), "model.archive_nested")
    for packing in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        refused(write(tmp_path, "c.skops", archive(members, packing)), "model.archive_broken")
    cut = archive(members)
    place = cut.index(b"NUMPY") + 40
    damaged = cut[:place] + bytes([cut[place] ^ 0xFF]) + cut[place + 1 :]
    refused(write(tmp_path, "d.skops", damaged), "model.archive_broken")
    other = next(name for name in members if name.endswith(".npy"))
    twice = archive({**members, "x" * len(other): b""})
    twice = twice.replace(b"x" * len(other), other.encode())  # two members of one name
    refused(write(tmp_path, "e.skops", twice), "model.archive_broken")
