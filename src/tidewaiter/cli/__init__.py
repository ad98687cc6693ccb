"""The command line: one file a command group, each a thin skin over ``pipeline``.

``app`` names the commands, ``console`` prints results, progress and errors. Results go
to stdout, everything else to stderr. Nothing heavy is imported before a command runs.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with the exit code of ``errors``."""
    from tidewaiter.cli.app import start

    start()
