"""A loop in a loop with a step in it, a budget, and things to pass over."""

from typing import Any

from pysfnc import task, workflow


@task
def delete_disk(region: str, disk: str) -> int:
    return 10


@workflow
def nested_loops(regions: list[dict[str, Any]], budget: int) -> dict[str, Any]:
    spent = 0
    cleaned: list[str] = []
    for region in regions:
        if region["frozen"]:
            continue
        for disk in region["disks"]:
            spent += delete_disk(region["name"], disk)
            cleaned.append(disk)
            if spent >= budget:
                return {"cleaned": cleaned, "spent": spent, "complete": False}
    return {"cleaned": cleaned, "spent": spent, "complete": True}
