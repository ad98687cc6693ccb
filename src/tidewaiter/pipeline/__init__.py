"""The order in which data meets the folders: the table of contents.

1. ``intake``   files are recognised, kept as raw bytes, read, checked and committed
2. ``upkeep``   verify, upgrade and prune what was committed
3. ``world``    the workspace as it could be known on one day
4. ``stages``   parties, screening, tracing, assessment, report, in this order
5. ``run``      carries the stages out, keeps what may be used again, publishes
"""
