"""`types.SimpleNamespace`: an object with the attributes that it is made with, and what is set later."""


class SimpleNamespace:
    pass
