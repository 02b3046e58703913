"""One module per kind of state: how its definition is prepared, and what a visit does."""
