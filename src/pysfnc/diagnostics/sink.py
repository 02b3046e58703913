"""Collects diagnostics: the one place that makes them final.

Reports each cause once (same code, same span), keeps them in source order, and caps what is shown. Whoever finds a
mistake of the user reports it to a sink and goes on; it never raises for one.
"""

from collections.abc import Iterable
from typing import Final

from pysfnc.diagnostics.model import Code, Diagnostic, Label
from pysfnc.lean import dataclass
from pysfnc.source import Span

__all__ = ["SHOWN_AT_MOST", "Reported", "Sink", "shown"]

SHOWN_AT_MOST: Final = 20

_ISSUED_BY_SINK: Final = object()


class Reported:
    """The receipt for a diagnostic: whoever holds one knows that the user has been told.

    Poisoned types and expressions carry it, so that nothing is silently wrong and nothing is told twice. Only a sink
    makes receipts.
    """

    __slots__ = ("diagnostic",)

    def __init__(self, diagnostic: Diagnostic, issuer: object) -> None:
        if issuer is not _ISSUED_BY_SINK:
            raise TypeError("only a Sink issues a receipt; call Sink.error or Sink.add")
        self.diagnostic = diagnostic

    def __repr__(self) -> str:
        return f"<Reported {self.diagnostic.code} at {self.diagnostic.span}>"


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in the life of a sink; see `Sink.mark`."""

    errors: int


class Sink:
    """Collects the diagnostics of one compilation."""

    def __init__(self) -> None:
        self._receipts: dict[tuple[str, Span | None, str | None], Reported] = {}
        self._errors = 0

    def error(
        self,
        code: Code,
        span: Span | None,
        message: str,
        *,
        label: str = "",
        labels: Iterable[Label | tuple[Span, str]] = (),
        notes: Iterable[str] = (),
        help: str | Iterable[str] = (),
    ) -> Reported:
        """Report a diagnostic and return its receipt; the same code at the same span is reported once.

        Despite the name the severity is that of the code's row.
        """
        return self.add(
            Diagnostic(
                code=code,
                message=message,
                span=span,
                label=label,
                labels=tuple(item if isinstance(item, Label) else Label(*item) for item in labels),
                notes=tuple(notes),
                helps=(help,) if isinstance(help, str) else tuple(help),
            )
        )

    def add(self, diagnostic: Diagnostic) -> Reported:
        """Report a finished diagnostic; returns the earlier receipt when its cause was reported already."""
        # Without a place the message is all that tells two causes apart.
        key = (diagnostic.code.number, diagnostic.span, None if diagnostic.span else diagnostic.message)
        earlier = self._receipts.get(key)
        if earlier is not None:
            return earlier
        receipt = Reported(diagnostic, _ISSUED_BY_SINK)
        self._receipts[key] = receipt
        self._errors += diagnostic.is_error
        return receipt

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """All diagnostics in source order."""
        return sorted((receipt.diagnostic for receipt in self._receipts.values()), key=lambda item: item.order)

    @property
    def has_errors(self) -> bool:
        """Whether anything was reported that stops compilation."""
        return self._errors > 0

    def mark(self) -> Mark:
        """Return a mark for `errors_since`, to learn whether a stretch of work reported errors of its own."""
        return Mark(self._errors)

    def errors_since(self, mark: Mark) -> int:
        """Return how many new errors were reported since `mark`."""
        return self._errors - mark.errors


def shown(diagnostics: list[Diagnostic], limit: int = SHOWN_AT_MOST) -> tuple[list[Diagnostic], int]:
    """Return the diagnostics to show and how many are left out; warnings are left out before errors."""
    if len(diagnostics) <= limit:
        return diagnostics, 0
    kept = sorted(diagnostics, key=lambda item: (not item.is_error, item.order))[:limit]
    return sorted(kept, key=lambda item: item.order), len(diagnostics) - limit
