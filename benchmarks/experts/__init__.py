"""Machines that experts wrote by hand, beside those that pysfnc makes of programs about the same subjects."""
