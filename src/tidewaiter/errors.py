"""What can go wrong, as one tree: each error says what, where and what to do next.

Parsing functions never raise these for a bad value (they return ``None`` and a reason
that ends up in ``rejects.csv``); an error is a promise that could not be kept.

    TidewaiterError            5  internal error
    ├── UsageError             2  the command cannot be carried out as given
    ├── BadDataError           3  a file is not what it should be
    │   └── ShrunkenListError  3  a list lost more entities than is plausible
    ├── MissingError           4  a dependency, file or source is not there
    ├── BusyError              6  another process writes to the workspace
    └── IntegrityError         7  kept bytes differ from their checksum

Exit code 0 is success, 1 a ``--fail-on`` condition that was met, 130 an interruption.
"""

EXIT_DONE = 0
EXIT_FAIL_ON = 1
EXIT_INTERRUPTED = 130


class TidewaiterError(Exception):
    """The root of the tree.

    ``what`` happened, ``where`` it was met, and what the reader can do ``next_step``.
    """

    exit_code = 5

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        """All three parts, one a line."""
        parts = [self.what]
        if self.where:
            parts.append(f"where: {self.where}")
        if self.next_step:
            parts.append(f"next: {self.next_step}")
        return "\n".join(parts)


class UsageError(TidewaiterError):
    """The command or a setting cannot be carried out as given."""

    exit_code = 2


class BadDataError(TidewaiterError):
    """A file is not what its name or place says it is, or too many rows are bad."""

    exit_code = 3


class ShrunkenListError(BadDataError):
    """A new version of a list holds far fewer entities than the one before."""


class MissingError(TidewaiterError):
    """A file, source, workspace or dependency is not there."""

    exit_code = 4


class BusyError(TidewaiterError):
    """Another process holds the workspace's one write lock."""

    exit_code = 6


class IntegrityError(TidewaiterError):
    """Kept bytes or counts contradict what was recorded about them."""

    exit_code = 7
