"""Listings that may be of one clinic: found, explained, and decided by a curator.

``likeness`` says which listings are worth comparing and how alike two are, ``finding`` asks that of the whole
directory in PostgreSQL, ``deciding`` merges two listings or keeps them apart, and takes either back (docs/adr/0091).
"""
