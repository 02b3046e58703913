"""Pure statements written as one JSONata expression."""
