import gc

# Starting Django and migrating make hundreds of thousands of objects that last. Python would search them for garbage
# over and over, which took a third of that time; as much is forgotten at once in fewer, larger sweeps.
gc.set_threshold(100_000, 20, 20)
