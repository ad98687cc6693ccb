"""One function a red flag: its docstring is the sentence that explains it to a reader.

A flag takes a pattern and gives a finding: what was seen, against which threshold, and
how strong it is. ``flags.yml`` names the published source of each, what data it needs
and its thresholds. What it amounts to in points is decided in ``assess.weigh``.
"""
