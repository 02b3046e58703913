"""Numbers: conversions, exact arithmetic, rounding, `math`, `Decimal`."""
