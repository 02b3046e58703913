"""Passes over HIR: each one module and one function of the same name, in the order of `manager.PASSES`."""
