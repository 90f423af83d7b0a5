"""A zip file's members, taken out one by one and never beyond what was announced."""

from __future__ import annotations

import io
import zipfile
import zlib

from algo_audit.data.limits import ModelLimits
from algo_audit.errors import AuditError

_MEGABYTE = 1_000_000
_CHUNK = 1 << 16
# Below this size (bytes) a member may be packed as tightly as it likes: it can do no harm.
_SMALL = 1_000_000
_ENCRYPTED = 0x1


def read_members(data: bytes, where: str, limits: ModelLimits) -> dict[str, bytes]:
    """All members of a zip file.

    Parameters
    ----------
    data : bytes
        The whole file.
    where : str
        Its name, for the fault.
    limits : ModelLimits

    Returns
    -------
    dict of str to bytes

    Raises
    ------
    AuditError
        ``model.archive_members`` (too many), ``model.archive_inflates`` (too large once inflated,
        or inflated beyond what the directory announces), ``model.archive_nested`` (a zip inside),
        ``model.archive_broken`` (damaged, locked, two members of one name, unusual packing).

    Notes
    -----
    The directory is checked before anything is inflated, and because it may lie, each member is
    inflated in small pieces that are counted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_directory(members, len(data), where, limits)
            budget = limits.largest_inflated * _MEGABYTE
            taken: dict[str, bytes] = {}
            for member in members:
                content = _taken(archive, member, budget, where, limits)
                budget -= len(content)
                if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
                    raise AuditError("model.archive_nested", where, seen=member.filename)
                taken[member.filename] = content
            return taken
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, IndexError,
    ) as error:  # fmt: skip
        raise AuditError("model.archive_broken", where) from error


def _check_directory(
    members: list[zipfile.ZipInfo], size: int, where: str, limits: ModelLimits
) -> None:
    """What the archive says of itself, before anything is inflated."""
    if len(members) > limits.members:
        raise AuditError("model.archive_members", where, seen=len(members), limit=limits.members)
    names = [member.filename for member in members]
    packing = {member.compress_type for member in members}
    if len(set(names)) < len(names) or packing - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise AuditError("model.archive_broken", where)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise AuditError("model.archive_broken", where)
    inflated = sum(member.file_size for member in members)
    tightest = max(
        (m.file_size / max(1, m.compress_size) for m in members if m.file_size > _SMALL),
        default=0.0,
    )
    # members that overlap in the file are packed tightly only all together
    tightest = max(tightest, inflated / size if inflated > _SMALL else 0.0)
    if inflated > limits.largest_inflated * _MEGABYTE or tightest > limits.largest_ratio:
        raise _inflates(where, inflated, limits)
    nested = [name for name in names if name.lower().endswith((".npz", ".zip"))]
    if nested:
        raise AuditError("model.archive_nested", where, seen=nested[0])


def _taken(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    budget: int,
    where: str,
    limits: ModelLimits,
) -> bytes:
    """One member, inflated piece by piece."""
    pieces, size = [], 0
    most = min(budget, member.file_size)
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > most:
                raise _inflates(where, size, limits)
            pieces.append(piece)
    return b"".join(pieces)


def _inflates(where: str, inflated: int, limits: ModelLimits) -> AuditError:
    return AuditError(
        "model.archive_inflates",
        where,
        seen=max(1, inflated // _MEGABYTE),
        limit=limits.largest_inflated,
        ratio=limits.largest_ratio,
    )
