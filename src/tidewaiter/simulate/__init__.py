"""A world whose diversions are known, so that detection can be scored against truth.

``plan`` says what is asked for, ``atlas`` holds countries, goods and activities,
``spelling`` invents names in several alphabets, ``firms`` makes the companies and
``lawful`` their trade in blocks of bounded size. ``cast`` lets ``schemes`` and
``decoys`` add their parts, ``registers``, ``papers`` and ``reports`` turn all of it into
the plain files, ``views`` masks them and ``truth`` keeps what really happened, apart
from anything that detection may read.
"""
