"""From HIR to states: where effects need them, and nowhere else."""
