"""An order takes several steps; when one is refused, those before it are taken back."""

from typing import Any

from pysfnc import task, workflow


class SoldOut(Exception):
    pass


class CardDeclined(Exception):
    pass


@task(timeout=10)
def reserve(order: str, sku: str, quantity: int) -> str:
    if quantity > 5:
        raise SoldOut(f"{sku} is sold out")
    return f"{order}/{sku}"


@task(timeout=10)
def release(reservation: str) -> None:
    pass


@task(timeout=30)
def charge(order: str, card: str) -> str:
    if card.startswith("5"):
        raise CardDeclined("the card was declined")
    return f"payment-{order}"


@workflow
def order_saga(order: str, items: list[dict[str, Any]], card: str) -> dict[str, Any]:
    reserved: list[str] = []
    try:
        for item in items:
            reserved.append(reserve(order, item["sku"], item["quantity"]))
        payment = charge(order, card)
    except (SoldOut, CardDeclined) as reason:
        for reservation in reversed(reserved):
            release(reservation)
        return {"status": "rejected", "reason": str(reason)}
    return {"status": "placed", "payment": payment}
