"""What holds for all tests: nothing fails because the machine is busy, or because other examples were drawn than last time."""

from hypothesis import settings

settings.register_profile("pysfnc", deadline=None, derandomize=True)
settings.load_profile("pysfnc")
