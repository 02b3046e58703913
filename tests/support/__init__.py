"""What several test folders share: the oracle, the `.test` format, engines."""
