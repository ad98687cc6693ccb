"""For a reader: leads as one HTML file, and tables for a terminal.

``render`` fills the templates, ``chain`` draws who sent what to whom, ``table`` prints
to a terminal, ``plain_text`` makes text of others safe to show. Everything here takes
values and decides nothing.
"""
