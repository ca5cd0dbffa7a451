"""The project: its settings, addresses, server and commands."""

import gc

# Python looks for cycles among what it holds at each 700 new objects. For a program of this size that is a quarter of
# its start and a tenth of each page; cycles are still found, only less often.
gc.set_threshold(50_000, 20, 20)
