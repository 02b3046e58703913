"""Small words that several commands print."""

__all__ = ["counted", "listed"]


def counted(number: int, noun: str) -> str:
    """Return "1 state", "2 states", "1,234 states"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: list[str]) -> str:
    """Return "`a`", "`a` and `b`", "`a`, `b` and `c`"."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
