"""Moves accounts into the OU that their tags ask for."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import boto3
from botocore.exceptions import ClientError

from pysfnc import workflow

org = boto3.client("organizations")
TAG = "ou"


@dataclass
class Account:
    id: str
    name: str
    parent: str
    wanted: str | None = None

    @property
    def misplaced(self) -> bool:
        return self.wanted is not None and self.wanted != self.parent


def ou_tree(parent: str) -> dict[str, str]:
    found = {}
    pages = org.get_paginator("list_organizational_units_for_parent").paginate(ParentId=parent)
    for ou in pages.search("OrganizationalUnits[]"):
        found[ou["Name"]] = ou["Id"]
    return found


def accounts() -> Iterable[dict]:
    token = None
    while True:
        page = org.list_accounts(**({"NextToken": token} if token else {}))
        yield from (a for a in page["Accounts"] if a["Status"] == "ACTIVE")
        token = page.get("NextToken")
        if token is None:
            break


def describe(raw: dict, ous: dict[str, str]) -> Account:
    parent = org.list_parents(ChildId=raw["Id"])["Parents"][0]["Id"]
    tags = {t["Key"]: t["Value"] for t in org.list_tags_for_resource(ResourceId=raw["Id"])["Tags"]}
    account = Account(raw["Id"], raw["Name"], parent)
    if (name := tags.get(TAG)) is not None:
        try:
            account.wanted = ous[name]
        except KeyError:
            raise LookupError(f"{account.name}: there is no OU {name!r}") from None
    return account


@workflow
def place(root: str, dry_run: bool = True):
    ous = ou_tree(root)
    moved, problems = [], []
    for raw in accounts():
        try:
            account = describe(raw, ous)
        except LookupError as e:
            problems.append(str(e))
            continue
        if not account.misplaced:
            continue
        if not dry_run:
            for attempt in range(3):
                try:
                    org.move_account(
                        AccountId=account.id, SourceParentId=account.parent, DestinationParentId=account.wanted
                    )
                except org.exceptions.ConcurrentModificationException:
                    time.sleep(2**attempt)
                except org.exceptions.DuplicateAccountException:
                    break
                except ClientError as e:
                    problems.append(f"{account.id}: {e.response['Error']['Code']}")
                    break
                else:
                    break
            else:
                problems.append(f"{account.id}: gave up")
                continue
        moved.append((account.name, account.parent, account.wanted))
    return {"moved": [{"name": n, "from": f, "to": t} for n, f, t in moved], "problems": problems}
