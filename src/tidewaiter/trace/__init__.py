"""Which goods went on to whom.

``shipments`` puts declarations and movements together, ``legs`` tells each from its
holder's side, ``candidates`` turns them into events of a company and a class of goods,
``ledger`` walks them in time and pairs what came in with what went out, oldest lot
first. The pairs are evidence rows that a person can check, not a proof: goods of one
class are fungible, and first in, first out is one accepted convention among several.
"""
