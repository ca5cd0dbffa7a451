"""Published lists of clinics, read row by row into source records and draft clinics.

A mapping says how one publisher's rows are read (``samhsa``, ``nhs_choices``, ``odhf``); ``reading`` turns
bytes into rows, ``survey`` tells the rows apart, ``cells`` turns cells into values, ``gazetteer`` adds the
positions that a list leaves out, and ``applying`` writes what is new in one transaction. A row never overwrites
a clinic (docs/adr/0020).
"""
