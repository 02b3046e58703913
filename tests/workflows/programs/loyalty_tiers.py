"""Points are earned for orders; a customer moves between tiers."""

import logging
import os
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from pysfnc import workflow

logger = logging.getLogger(__name__)
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))
table = boto3.resource("dynamodb").Table(os.environ.get("MEMBERS_TABLE", "members"))
sns = boto3.client("sns")
TOPIC = os.environ.get("TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:tiers")


class Tier(Enum):
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"

    @property
    def multiplier(self) -> Decimal:
        return MULTIPLIERS[self]

    @classmethod
    def for_points(cls, points: int) -> "Tier":
        for tier, needed in sorted(THRESHOLDS.items(), key=lambda pair: pair[1], reverse=True):
            if points >= needed:
                return tier
        return cls.BRONZE


MULTIPLIERS = {Tier.BRONZE: Decimal("1"), Tier.SILVER: Decimal("1.25"), Tier.GOLD: Decimal("1.5")}
THRESHOLDS = {Tier.BRONZE: 0, Tier.SILVER: 100, Tier.GOLD: 500}


class LoyaltyError(Exception):
    """Base of everything that goes wrong here."""


class MemberNotFound(LoyaltyError):
    def __init__(self, member_id: str) -> None:
        super().__init__(f"member {member_id!r} does not exist")
        self.member_id = member_id


class Conflict(LoyaltyError):
    pass


@dataclass
class Member:
    member_id: str
    points: int
    tier: Tier
    badges: list[str] = field(default_factory=list)

    @classmethod
    def from_item(cls, item: dict) -> "Member":
        return cls(
            member_id=item["pk"],
            points=int(item["points"]),
            tier=Tier(item.get("tier", "bronze")),
            badges=list(item.get("badges", [])),
        )

    def earn(self, amount: Decimal) -> int:
        earned = int((amount * self.tier.multiplier).quantize(Decimal("1"), rounding=ROUND_HALF_UP))
        self.points += earned
        return earned


def load(member_id: str) -> Member:
    item = table.get_item(Key={"pk": member_id}, ConsistentRead=True).get("Item")
    if item is None:
        raise MemberNotFound(member_id)
    return Member.from_item(item)


def save(member: Member, before: int) -> None:
    try:
        table.update_item(
            Key={"pk": member.member_id},
            UpdateExpression="SET points = :p, tier = :t, badges = :b",
            ConditionExpression=Attr("points").eq(before),
            ExpressionAttributeValues={":p": member.points, ":t": member.tier.value, ":b": member.badges},
        )
    except ClientError as e:
        if e.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise Conflict(f"{member.member_id} changed meanwhile") from e
        raise


@workflow
def earn_points(member_id: str, orders: list[dict]) -> dict:
    member = load(member_id)
    before, old = member.points, member.tier
    earned = [member.earn(Decimal(str(order["total"]))) for order in orders if order.get("status") == "paid"]
    new = Tier.for_points(member.points)
    if new is not old:
        member.tier = new
        member.badges.append(f"{new.name.title()}!")
    try:
        save(member, before)
    except Conflict as e:
        logger.warning("conflict for %s: %s", member_id, e)
        return {"status": "conflict", "reason": str(e)}
    if new != old:
        sns.publish(
            TopicArn=TOPIC, Subject=f"Welcome to {new.value}", Message=f"{member_id}: {old.value} -> {new.value}"
        )
    return {"earned": earned, "points": member.points, "tier": member.tier, "badges": member.badges}
