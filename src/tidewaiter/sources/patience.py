"""How long a server may take: as a whole, for its first word, and for each stretch.

The timeout of httpx is one of each read: a server that sends a byte of a header now and
then never meets it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

BOTH_WAYS = 2  # socket.SHUT_RDWR


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how often: seconds, bytes a second, and attempts.

    An answer has to begin within ``patience``; ``pace`` is measured over as long: a server
    that trickles is given up. ``wait`` is for another process that fetches the same file.
    """

    connect: float = 20.0
    patience: float = 60.0
    pace: int = 512
    whole: float = 4 * 3600.0
    attempts: int = 4
    pause: float = 1.0  # before the first repetition; doubled each time
    longest_pause: float = 60.0
    wait: float = 0.0


class Watch:
    """Ends a connection that takes too long.

    Reading in another thread was rejected: it could not be stopped, only left behind.
    """

    def __init__(self) -> None:
        self.ended = False
        self._stream: Any = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Hear of each connection that httpx makes."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """End the connection if the block takes longer."""
        timer = threading.Timer(seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        self.ended = True
        if self._stream is not None:
            with suppress(OSError):  # it may be closed already
                self._stream.get_extra_info("socket").shutdown(BOTH_WAYS)


class Pace:
    """Bytes over time, measured over stretches of ``patience``."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.since = time.monotonic()
        self.come = 0

    def is_slow(self, size: int) -> bool:
        """Note ``size`` bytes more; whether the last stretch brought too few."""
        now = time.monotonic()
        self.come += size
        took = now - self.since
        if took < self.limits.patience:
            return False
        slow = self.come < self.limits.pace * took
        self.since, self.come = now, 0
        return slow
