"""Building the gazetteer's files from published data: run once by ``manage.py build_gazetteer``, not by users.

Each module reads one source and gives entries; ``files`` says how entries are kept. The packages it reads are the
extra ``gazetteer``.
"""
