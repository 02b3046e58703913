"""Lists, tuples, dicts, sets, deques, and what iterates over them."""
