"""Build a folder for a USB key: everything needed on a machine without network or rights.

    python bundle/build.py [--folder build/usb] [--platform windows] [--python 3.12] [--check]

``--check`` downloads nothing: it resolves every set and says what could not be had as a ready-made
library (wheel). Each of ``--platform`` and ``--python`` may be repeated; all of them unless named.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
# Tags that a machine of each kind accepts, newest first: wheels for an older system run there too.
PLATFORMS = {
    "windows": ("win_amd64",),
    "macos": (
        "macosx_14_0_arm64",
        "macosx_13_0_arm64",
        "macosx_12_0_arm64",
        "macosx_11_0_arm64",
        "macosx_12_0_universal2",
        "macosx_11_0_universal2",
        "macosx_10_9_universal2",
    ),
    "macos_intel": (
        "macosx_14_0_x86_64",
        "macosx_13_0_x86_64",
        "macosx_12_0_x86_64",
        "macosx_11_0_x86_64",
        "macosx_10_15_x86_64",
        "macosx_10_13_x86_64",
        "macosx_10_12_x86_64",
        "macosx_10_9_x86_64",
        "macosx_13_0_universal2",
        "macosx_11_0_universal2",
        "macosx_10_13_universal2",
        "macosx_10_9_universal2",
    ),
    "linux": (
        "manylinux_2_28_x86_64",
        "manylinux_2_27_x86_64",
        "manylinux_2_24_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux_2_12_x86_64",
        "manylinux2010_x86_64",
        "manylinux_2_5_x86_64",
        "manylinux1_x86_64",
    ),
}


def pip(*arguments: str) -> list[str]:
    """A pip command of this interpreter."""
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]


def accepted(platform: str, python: str) -> list[str]:
    """Options that make pip choose wheels of another machine, and nothing to be compiled."""
    tags = [part for tag in PLATFORMS[platform] for part in ("--platform", tag)]
    abi = f"cp{python.replace('.', '')}"
    kinds = ["--implementation", "cp", "--abi", abi, "--abi", "abi3", "--abi", "none"]
    return ["--only-binary=:all:", "--python-version", python, *kinds, *tags]


def own_wheel(folder: Path) -> Path:
    """The wheel of this project, built into ``folder``."""
    done = pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    subprocess.run(done, check=True)
    return next(folder.glob("algo_audit-*.whl"))


def resolves(wheel: Path, platform: str, python: str) -> str:
    """What pip says is missing; nothing where every library can be had ready-made."""
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            pip(
                "install",
                "--quiet",
                "--dry-run",
                "--target",
                place,
                *accepted(platform, python),
                str(wheel),
            ),
            check=False,
            capture_output=True,
            text=True,
        )
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return "" if done.returncode == 0 else " ".join(lines) or done.stderr[-500:]


def fill(folder: Path, platforms: list[str], pythons: list[str]) -> None:
    """Wheels of every machine, start scripts and guides."""
    wheels = folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)  # of an earlier build: nobody needs two versions
    wheels.mkdir(parents=True)
    wheel = own_wheel(wheels)
    for platform in platforms:
        for python in pythons:
            sys.stderr.write(f"{platform}, Python {python}\n")
            subprocess.run(
                pip(
                    "download",
                    "--quiet",
                    "--dest",
                    str(wheels),
                    *accepted(platform, python),
                    str(wheel),
                ),
                check=True,
            )
    for name in ("start.cmd", "start.sh", "READ_ME.txt"):
        shutil.copy(ROOT / "bundle" / name, folder / name)
    (folder / "start.sh").chmod(0o755)
    guides = [sys.executable, str(ROOT / "docs" / "guides.py"), str(folder / "guides")]
    subprocess.run(guides, check=True)


def main() -> int:
    """Build, or check; 1 where a set cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "usb")
    parser.add_argument("--platform", action="append", choices=sorted(PLATFORMS))
    parser.add_argument("--python", action="append", choices=PYTHONS)
    parser.add_argument("--check", action="store_true")
    told = parser.parse_args()
    platforms, pythons = told.platform or list(PLATFORMS), told.python or list(PYTHONS)
    if not told.check:
        fill(told.folder, platforms, pythons)
        size = sum(path.stat().st_size for path in told.folder.rglob("*") if path.is_file())
        sys.stdout.write(f"{told.folder}: {size / 1e6:.0f} MB\n")
        return 0
    wrong = 0
    with tempfile.TemporaryDirectory() as place:
        wheel = own_wheel(Path(place))
        for platform in platforms:
            for python in pythons:
                said = resolves(wheel, platform, python)
                wrong += bool(said)
                sys.stdout.write(f"{platform}, Python {python}: {said or 'all ready-made'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
