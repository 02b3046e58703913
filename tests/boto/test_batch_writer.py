"""`table.batch_writer()` sends what boto3 sends, when boto3 does, on every way out of its `with`."""

from typing import Any

import pytest

from tests.boto.harness import client, judge
from tests.support.oracle import Rejected

PROGRAM = """
    import boto3
    from decimal import Decimal
    from pysfnc import workflow

    class Store:
        def __init__(self, name: str):
            self.table = boto3.resource("dynamodb").Table(name)

        def save(self, rows):
            with self.table.batch_writer(overwrite_by_pkeys=["id"]) as batch:
                for row in rows:
                    batch.put_item(Item=row)
                batch.delete_item(Key={"id": "b"})

    table = boto3.resource("dynamodb").Table("t")

    def put(batch, id: str, n: int):
        batch.put_item(Item={"id": id, "n": n, "price": Decimal("1.50"), "in": {"list": [n, None, True]}})

    @workflow
    def counted(n: int):
        for part in ["a", "b"]:
            with table.batch_writer() as batch:
                for i in range(n):
                    put(batch, f"{part}{i}", i)
                    if i == 40:
                        return "early"
        return table.scan(Select="COUNT")["Count"]

    @workflow
    def overwritten(rows: list[dict]):
        Store("t").save(rows)
        return sorted(f"{item['id']}={item.get('n')}" for item in table.scan()["Items"])

    @workflow
    def left(ids: list[str], bad):
        try:
            with table.batch_writer() as batch:
                for id in ids:
                    if id == "stop":
                        raise ValueError(id)
                    batch.put_item({"id": id, "what": bad})
        except (TypeError, ValueError) as e:
            return [type(e).__name__, str(e), table.scan(Select="COUNT")["Count"]]
    """

REFUSED = """
    import boto3
    from pysfnc import workflow

    table = boto3.resource("dynamodb").Table("t")

    @workflow
    def run(n: int):
        item = {"id": "", "n": 0}
        with table.batch_writer() as batch:
            for i in range(n):
                item["id"] = f"k{i}"
                batch.put_item(Item=item)
            batch.get_item(Key={"id": "a"})
        table.batch_writer().put_item(Item={"id": "x"})
    """


def table() -> None:
    key = {"AttributeName": "id"}
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{**key, "KeyType": "HASH"}],
        AttributeDefinitions=[{**key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def run(workflow: str, input: Any, **rest: Any) -> Any:
    return judge(PROGRAM, input, setup=table, workflow=workflow, engines=("jlens",), **rest)


@pytest.mark.parametrize(("n", "calls"), [(0, 0), (26, 4), (50, 2)])
def test_batches_of_25(n: int, calls: int) -> None:
    found = run("counted", {"n": n})
    assert found.names.count("dynamodb.BatchWriteItem") == calls
    assert found.output == ("early" if n == 50 else 2 * n)


def test_deletes_among_puts_of_one_loop() -> None:
    program = """
        import boto3
        from decimal import Decimal
        from pysfnc import workflow

        table = boto3.resource("dynamodb").Table("t")

        @workflow
        def run(rows: list[dict]):
            seen = set()
            with table.batch_writer(overwrite_by_pkeys=["id"]) as batch:
                for row in rows:
                    sku = row.get("sku", "").strip()
                    if not sku:
                        continue
                    if sku in seen:
                        batch.delete_item(Key={"id": sku})
                        continue
                    seen.add(sku)
                    batch.put_item(Item={"id": sku, "price": Decimal(str(row["price"])), "tags": row.get("tags", [])})
            return sorted(item["id"] for item in table.scan()["Items"])
        """
    rows = [{"sku": "a", "price": 1.5}, {"sku": " "}, {"sku": "b", "price": 2, "tags": ["x"]}, {"sku": "a"}, {}]
    found = judge(program, {"rows": rows}, setup=table, engines=("jlens",))
    assert (found.output, len(found.calls), found.transitions) == (["b"], 2, 4)


def test_what_waits_for_a_batch_costs_no_transition() -> None:
    program = """
        import boto3
        from pysfnc import workflow

        table = boto3.resource("dynamodb").Table("t")

        @workflow
        def run(n: int):
            with table.batch_writer() as batch:
                for i in range(n):
                    batch.put_item(Item={"id": f"k{i}", "n": i})
        """
    found = {n: judge(program, {"n": n}, setup=table, engines=("jlens",)) for n in (1, 60, 160)}
    assert [len(each.calls) for each in found.values()] == [1, 3, 7]
    assert [each.transitions for each in found.values()] == [3, 9, 17]


def test_what_is_unprocessed_waits_for_the_next_batch() -> None:
    def some(params: Any) -> Any:
        return {"UnprocessedItems": {"t": params["RequestItems"]["t"][-2:]}}

    found = run("counted", {"n": 27}, answers={"dynamodb.BatchWriteItem": [some, some, some]})
    sizes = [len(sent["RequestItems"]["t"]) for name, sent in found.calls if name == "dynamodb.BatchWriteItem"]
    assert sizes == [25, 4, 2, 2, 25, 2]


def test_the_last_one_with_a_key_counts() -> None:
    rows = [{"id": "a", "n": 1}, {"id": "b"}, {"id": "a", "n": 2}, {"id": "c", "n": 3}]
    found = judge(PROGRAM, {"rows": rows}, setup=table, workflow="overwritten")
    assert (found.output, len(found.calls)) == (["a=2", "c=3"], 2)


@pytest.mark.parametrize(("ids", "bad", "count"), [(["a", "stop"], 1, 1), (["a"], 0.5, 0), (["a"], None, None)])
def test_an_exception_leaves_after_the_rest_was_sent(ids: list[str], bad: Any, count: int | None) -> None:
    output = run("left", {"ids": ids, "bad": bad}).output
    assert (output if output is None else output[2]) == count


def test_what_a_batch_writer_does_not_do() -> None:
    with pytest.raises(Rejected) as refused:
        judge(REFUSED, {"n": 1})
    text = str(refused.value)
    assert "SFN401" in text or "get_item` of a batch writer" in text
    assert "only as the manager of a `with`" in text


def test_a_table_that_is_named_on_some_ways_only() -> None:
    """The name is checked in a helper of the compiler's, and its variable is read where other ways know nothing of it."""
    program = """
        import os
        import boto3
        from botocore.exceptions import ClientError
        from pysfnc import workflow

        dynamodb = boto3.resource("dynamodb")
        NAME = os.environ.get("TABLE_NAME")

        @workflow
        def run(n: int):
            sent = 0
            try:
                source = dynamodb.Table(NAME)
                with source.batch_writer() as batch:
                    for i in range(n):
                        batch.put_item(Item={"id": f"k{i}"})
                items = source.scan(ProjectionExpression="id").get("Items", [])
                with source.batch_writer() as batch:
                    for item in items:
                        batch.delete_item(Key={"id": item["id"]})
                        sent += 1
            except ClientError as e:
                raise Exception(f"failed: {e}")
            except ValueError as e:
                return str(e)
            return [sent, source.scan(Select="COUNT")["Count"]]
        """
    found = judge(program, {"n": 27}, setup=table, engines=("jlens",), environment={"TABLE_NAME": "t"})
    assert found.output == [27, 0]
    assert judge(program, {"n": 1}, setup=table, engines=("jlens",)).output == "Required parameter name not set"
