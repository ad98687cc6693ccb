"""Where data comes from: one format per file, each with a card that says what it is.

``reader`` is the seam that every format keeps to, ``registry`` the list of them,
``card`` what a person should know of each. ``csvfile`` reads any CSV with its places,
``cells`` what a cell says, ``plain`` the formats of ``store/tables.yml``, ``repeats``
what such a file holds twice. ``listing`` turns a listed party into statements, with
``printed`` and ``registration`` for cells as publishers print them. ``casefolder`` is
the file that says who is looking. Official formats lie in the folders below, and do not
know one another.

Nothing but ``pipeline`` and ``cli`` imports from here.
"""
