"""Data of the standard library beyond the rows of the library: mappings, sets, texts, moments, Decimals, patterns."""
