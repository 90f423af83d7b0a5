"""All the files of a run or none, and nothing overwritten unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from algo_audit.cli.delivery import Delivery, names_of
from algo_audit.errors import AuditError

NAMES = ("audit.fr.html", "confidential/audit.json")


def _tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def _deliver(folder: Path, text: str, *, force: bool = False) -> None:
    with Delivery(folder, NAMES, force=force) as delivery:
        for name in NAMES:
            delivery.path(name).write_text(text, encoding="utf-8")
        delivery.publish()


def test_files_land_together(tmp_path: Path) -> None:
    _deliver(tmp_path / "a" / "b", "one")
    assert _tree(tmp_path / "a" / "b") == ["audit.fr.html", "confidential", *NAMES[1:]]


def test_nothing_is_left_when_nothing_is_published(tmp_path: Path) -> None:
    with Delivery(tmp_path / "a" / "b", NAMES) as delivery:
        delivery.path(NAMES[0]).write_text("x", encoding="utf-8")
    assert _tree(tmp_path) == []


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
def test_nothing_is_left_after_a_fault(tmp_path: Path, kind: type[BaseException]) -> None:
    folder = tmp_path / "new" / "folder"

    def fail_half_way() -> None:
        with Delivery(folder, NAMES) as delivery:
            delivery.path(NAMES[0]).write_text("x", encoding="utf-8")
            raise kind

    with pytest.raises(kind):
        fail_half_way()
    assert _tree(tmp_path) == []


def test_every_file_in_the_way_is_told(tmp_path: Path) -> None:
    _deliver(tmp_path, "one")
    with pytest.raises(AuditError) as caught:
        Delivery(tmp_path, NAMES).__enter__()
    assert [fault.code for fault in caught.value.faults] == ["cli.exists"] * 2
    assert (tmp_path / NAMES[0]).read_text(encoding="utf-8") == "one"


def test_force_replaces(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    _deliver(tmp_path, "one")
    _deliver(tmp_path, "two", force=True)
    assert (tmp_path / NAMES[1]).read_text(encoding="utf-8") == "two"
    assert _tree(tmp_path) == sorted(["confidential", "notes.txt", *NAMES])


def test_a_move_that_fails_puts_back_what_was_there(tmp_path: Path) -> None:
    _deliver(tmp_path, "one")

    def publish_one_of_two() -> None:
        with Delivery(tmp_path, NAMES, force=True) as delivery:
            delivery.path(NAMES[0]).write_text("two", encoding="utf-8")
            # The second file was never prepared, so its move fails after the first one's.
            delivery.publish()

    with pytest.raises(AuditError, match="cannot_write"):
        publish_one_of_two()
    assert [(tmp_path / name).read_text(encoding="utf-8") for name in NAMES] == ["one", "one"]
    assert _tree(tmp_path) == sorted(["confidential", *NAMES])


@pytest.mark.parametrize("blocked", ["file", "file/below", "loop"])
def test_a_folder_that_cannot_be_written(tmp_path: Path, blocked: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    before = _tree(tmp_path)
    with pytest.raises(AuditError, match="cannot_write"):
        Delivery(tmp_path / blocked, NAMES).__enter__()
    assert _tree(tmp_path) == before


def test_a_report_open_in_another_program_is_named(tmp_path, monkeypatch) -> None:
    """What Windows answers where Excel holds the file: one sentence, the old reports in place."""
    for name in ("a.html", "b.xlsx"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    move = Path.replace

    def held(self: Path, target: Path) -> Path:
        if self == tmp_path / "b.xlsx":
            raise PermissionError(13, "used by another process", str(self))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", held)
    with Delivery(tmp_path, ("a.html", "b.xlsx"), force=True) as delivery:
        for name in ("a.html", "b.xlsx"):
            delivery.path(name).write_text("new", encoding="utf-8")
        with pytest.raises(AuditError) as caught:
            delivery.publish()
    assert (caught.value.code, caught.value.where) == ("cli.in_use", str(tmp_path / "b.xlsx"))
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "a.html": "old",
        "b.xlsx": "old",
    }


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("algo_audit.cli.delivery.tempfile.mkdtemp", full)
    with pytest.raises(AuditError, match="cannot_write"):
        Delivery(tmp_path / "a" / "b", NAMES).__enter__()
    assert _tree(tmp_path) == []


def test_a_folder_where_a_report_should_go(tmp_path: Path) -> None:
    (tmp_path / NAMES[0]).mkdir()
    with pytest.raises(AuditError, match="cannot_write"):
        Delivery(tmp_path, NAMES, force=True).__enter__()


def test_reports_of_an_earlier_run_are_named(tmp_path: Path) -> None:
    (tmp_path / "audit.en.html").write_text("old", encoding="utf-8")
    delivery = Delivery(tmp_path, names_of(("fr",), ("html", "json")))
    assert delivery.left_alone() == ("audit.en.html",)
