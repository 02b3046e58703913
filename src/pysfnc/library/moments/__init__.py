"""`datetime`, `date`, `timedelta`."""
