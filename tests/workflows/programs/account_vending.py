"""Makes an account of an organisation, waits for it, and moves it into a unit of its own."""

import time

import boto3

from pysfnc import workflow

organizations = boto3.client("organizations")
cloudformation = boto3.client("cloudformation")

FAILED_STATES = ("FAILED", "SUSPENDED")


class AccountNotCreated(Exception):
    pass


def unit_id(parent: str, name: str) -> str:
    """The unit of that name: a new one, or the one that exists."""
    try:
        made = organizations.create_organizational_unit(ParentId=parent, Name=name)
        return made["OrganizationalUnit"]["Id"]
    except organizations.exceptions.DuplicateOrganizationalUnitException:
        units = organizations.list_organizational_units_for_parent(ParentId=parent)
        for unit in units["OrganizationalUnits"]:
            if unit["Name"] == name:
                return unit["Id"]
        raise


@workflow(timeout=3600)
def vend_account(name: str, email: str, unit: str, template: str | None = None) -> dict:
    root = organizations.list_roots()["Roots"][0]["Id"]
    target = unit_id(root, unit)

    status = organizations.create_account(AccountName=name, Email=email)["CreateAccountStatus"]
    while True:
        time.sleep(30)
        found = organizations.describe_create_account_status(CreateAccountRequestId=status["Id"])
        status = found["CreateAccountStatus"]
        if status["State"] != "IN_PROGRESS":
            break
    if status["State"] in FAILED_STATES:
        raise AccountNotCreated(f"{name}: {status.get('FailureReason', 'unknown')}")

    account = status["AccountId"]
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=target)
    stack = None
    if template is not None:
        stack = cloudformation.create_stack(StackName=f"baseline-{account}", TemplateBody=template)["StackId"]
    return {"account": account, "unit": target, "stack": stack}
