"""Official lists of parties under a measure, one publisher's format per file.

Each format is a card (``.yml``: publisher, licence, meaning of its measures, traps) and
a short reader that turns a record into statements. Readers do not know one another;
what they share lies one folder up.
"""
