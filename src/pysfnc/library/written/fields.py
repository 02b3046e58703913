"""What `dataclasses.fields` gives of each field: its name."""


class Field:
    def __init__(self, name: str) -> None:
        self.name = name
