"""Where it is kept: the only folder that knows an engine or a layout on disk.

``workspace`` opens the folder, ``manifest`` says what was loaded, ``raw`` keeps bytes
and ``snapshot`` keeps tables, both by checksum; ``atomic`` and ``lock`` keep that whole
through crashes and company. ``tables`` declares every table, ``visibility`` applies the
world's clock, ``engine`` is the seam behind which ``duck`` runs expressions.
"""
