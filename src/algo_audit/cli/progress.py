"""A sign of life for anything that takes over two seconds, on a terminal only."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from algo_audit.cli.session import Session

_SILENT_SECONDS = 2.0
_EVERY_SECONDS = 1.0


@contextmanager
def step(session: Session, key: str) -> Iterator[None]:
    """Show ``key``'s sentence and the seconds gone by while the block runs.

    Nothing is shown for the first two seconds, nor where the error stream is a file, and
    the line is wiped when the block ends, so that a log keeps only what matters.
    """
    if not session.errors.isatty():
        yield
        return
    ended = threading.Event()
    text = session.text(key)

    def show() -> None:
        started = time.monotonic()
        shown = False
        delay = _SILENT_SECONDS
        while not ended.wait(delay):
            delay, shown = _EVERY_SECONDS, True
            seconds = session.formats.number(time.monotonic() - started)
            session.errors.write(f"\r{session.text('cli.progress', text=text, seconds=seconds)}")
            session.errors.flush()
        if shown:
            session.errors.write("\r\x1b[K")
            session.errors.flush()

    watcher = threading.Thread(target=show, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
