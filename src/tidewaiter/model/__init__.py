"""What can be said, always with who said it and when.

``source`` is where a row came from, ``ids`` how records keep their names, ``finding``
what a run gives back. ``dates``, ``country`` and ``money`` read the three kinds of
cell that every source spells its own way, ``statement`` is one value of one property
of one party. Reading functions are total: a value, or ``None``.
"""
