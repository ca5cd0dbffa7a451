"""The whole directory as files that anybody may take: CSV, GeoJSON and HSDS 3.0.

``publishing`` writes a set of files in one pass over the listed clinics and puts it in the place of the last; each
format has a module of its own; ``views`` serves the set under /data/ (docs/adr/0086).
"""
