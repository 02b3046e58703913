"""Objects of classes, Enums, exceptions and functions as data."""
