"""How properties are tried: without a limit for one example, for the machine may be busy."""

from hypothesis import settings

settings.register_profile("quittance", deadline=None, print_blob=True)
settings.load_profile("quittance")
