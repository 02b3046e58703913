"""What real AWS answered, and the local engine's answers beside it."""
