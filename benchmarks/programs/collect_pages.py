"""Pages are fetched one after another until there is no more, or enough."""

from typing import Any

from pysfnc import task, workflow


@task
def list_page(query: str, token: str | None) -> dict[str, Any]:
    return {"items": [], "next": None}


@workflow
def collect_pages(query: str, limit: int = 100) -> dict[str, Any]:
    found: list[str] = []
    token: str | None = None
    while True:
        page = list_page(query, token)
        found = found + page["items"]
        token = page["next"]
        if token is None or len(found) >= limit:
            return {"found": found[:limit], "complete": token is None}
