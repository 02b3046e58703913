"""Starts several checks of a release at the same time and goes on as soon as enough of them agree."""

import asyncio

from pysfnc import task, workflow


class NoQuorum(Exception):
    pass


@task(timeout=120)
async def check(region: str, release: str) -> bool:
    return not release.endswith(f"-{region}")


@workflow
async def quorum(release: str, regions: list[str], needed: int = 2) -> dict:
    results = await asyncio.gather(*(check(region, release) for region in regions), return_exceptions=True)
    agreed = [region for region, result in zip(regions, results, strict=True) if result is True]
    failed = [region for region, result in zip(regions, results, strict=True) if isinstance(result, Exception)]
    if len(agreed) < needed:
        raise NoQuorum(f"{len(agreed)} of {len(regions)} agree on {release}, {len(failed)} failed")
    return {"agreed": agreed, "failed": failed}
