"""The intermediate representations: typed expressions, structured statements (HIR) and state-shaped blocks (MIR)."""
