"""A Django database backend that brings its own PostgreSQL, for trials on one machine and for tests.

``base`` is the backend; ``server`` finds a folder and asks for a server; ``keeper`` is the small process that
owns the server and stops it when the last process that uses it is gone. Why it is made like this:
docs/adr/0001-embedded-postgresql.md.
"""
