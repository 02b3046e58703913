"""Three things are looked up at the same time, one of them in two steps, and decided on together."""

from typing import Any

from pysfnc import parallel, task, workflow


@task
def quote(item: str) -> int:
    return 1200


@task
def convert(cents: int, currency: str) -> int:
    return cents * 2 if currency == "EUR" else cents


@task
def stock_of(item: str) -> dict[str, Any]:
    return {"count": 0 if item == "pot" else 7}


@task
def rating_of(customer: str) -> int:
    return 5 if customer == "ann" else 2


@task
def make_offer(customer: str, item: str, cents: int) -> str:
    return f"{item} for {cents} to {customer}"


@workflow
def branches_join(customer: str, item: str, currency: str = "EUR") -> dict[str, Any]:
    def price() -> int:
        return convert(quote(item), currency)

    cents, stock, rating = parallel(
        price,
        lambda: stock_of(item),
        lambda: rating_of(customer),
    )
    if stock["count"] == 0:
        return {"offer": None, "reason": f"{item} is sold out"}
    if rating > 3:
        cents -= 100
    return {"offer": make_offer(customer, item, cents), "reason": None}
