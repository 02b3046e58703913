"""Takes an order in steps that each change something, and takes the changes back when a later step fails.

Stock is reserved item by item, the card is charged, a parcel is booked. If something is sold out, the card is declined or no
carrier delivers there, what was done so far is undone, last step first. Any other failure is nobody's plan: it is undone too, and
then the execution fails.

    {"order_id": "o-1", "items": [{"sku": "tea", "quantity": 2}], "card": "4242", "country": "NL"}
        ->  {"status": "placed", "total": 1190, "parcel": "NL-o-1"}

The tasks stand for services of a shop; their answers depend on what they are asked only.
"""

from typing import Any

from pysfnc import Retry, task, workflow

PRICES = {"tea": 595, "cup": 1250, "pot": 4900}
STOCK = {"tea": 40, "cup": 6, "pot": 0}
CARRIERS = ["NL", "BE", "DE"]
BUSY = Retry(on=(ConnectionError, TimeoutError), interval=2, max_attempts=4, backoff=2.0)


class Rejected(Exception):
    """The order cannot be taken, for a reason that the customer can do something about."""


class SoldOut(Rejected):
    """There is not enough in stock."""


class CardDeclined(Rejected):
    """The bank says no."""


class NoCarrier(Rejected):
    """Nobody delivers there."""


@task(timeout=10, retry=BUSY)
def reserve(order_id: str, sku: str, quantity: int) -> str:
    if quantity > STOCK.get(sku, 0):
        raise SoldOut(f"{sku} is sold out")
    return f"{order_id}/{sku}"


@task(timeout=10, retry=BUSY)
def release(reservation: str) -> None:
    print("released", reservation)


@task(timeout=30, retry=BUSY)
def charge(order_id: str, card: str, cents: int) -> str:
    if card.startswith("5"):
        raise CardDeclined(f"card ending in {card[-4:]} was declined")
    return f"payment-{order_id}-{cents}"


@task(timeout=30, retry=BUSY)
def refund(payment: str) -> None:
    print("refunded", payment)


@task(timeout=30, retry=BUSY)
def book_parcel(order_id: str, country: str) -> str:
    if country not in CARRIERS:
        raise NoCarrier(f"no carrier delivers to {country}")
    return f"{country}-{order_id}"


def price_of(items: list[dict[str, Any]]) -> int:
    """The price of all items in cents."""
    total = 0
    for item in items:
        sku = str(item["sku"])
        if sku not in PRICES:
            raise SoldOut(f"{sku} is not in the catalogue")
        total += PRICES[sku] * int(item["quantity"])
    return total


@workflow(timeout=3600, comment="Takes an order, and takes it back when a step fails")
def place_order(order_id: str, items: list[dict[str, Any]], card: str, country: str = "NL") -> dict[str, Any]:
    reservations: list[str] = []
    payment: str | None = None
    try:
        total = price_of(items)
        for item in items:
            reservations.append(reserve(order_id, item["sku"], item["quantity"]))
        payment = charge(order_id, card, total)
        parcel = book_parcel(order_id, country)
    except Rejected as reason:
        undo(payment, reservations)
        return {"status": "rejected", "error": type(reason).__name__, "reason": str(reason)}
    except Exception:
        undo(payment, reservations)
        raise
    return {"status": "placed", "total": total, "parcel": parcel}


def undo(payment: str | None, reservations: list[str]) -> None:
    """Take back what was done, the last step first."""
    if payment is not None:
        refund(payment)
    for reservation in reversed(reservations):
        release(reservation)
