"""What holds for all tests: nothing fails because the machine is busy."""

from hypothesis import settings

settings.register_profile("pysfnc", deadline=None)
settings.load_profile("pysfnc")
