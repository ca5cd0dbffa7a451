"""The directory and the gazetteer for other programs: ``router`` is mounted by ``ketamine_info.api``."""
