"""Tidewaiter finds, explains and documents the diversion of controlled goods.

Read the folders from letters to the reader's page: text, model, store, sources,
screen, resolve, trace, assess, cases, report, cli. ``pipeline`` tells the order in
which data meets them and is the first file to open.

Nothing is imported here, so that ``tidewaiter --help`` answers at once.
"""

__version__ = "0.1.0.dev0"
