"""Changes in place: methods of list and dict, assignments to items, deletions."""

import pytest

from pysfnc.library.rows.row import Refusal
from pysfnc.values.types import JSON, NEVER, STR, DictT, ListT
from tests.library import changes, harness

LISTS = (
    ("x.append(4)", [1, 2]),
    ("x.append([4])", [[1]]),
    ("x.append([])", []),
    ("x.append(None)", []),
    ("x.append({'a': []})", [1]),
    ("x.extend([4, [5]])", [1]),
    ("x.extend('a😀')", []),
    ("x.extend({'k': 1})", ["z"]),
    ("x.extend(())", [[1]]),
    ("x.extend((1, 'a'))", [[1]]),
    ("x.insert(0, 9)", [1, 2]),
    ("x.insert(1, [9])", [1, 2]),
    ("x.insert(-1, 9)", [1, 2]),
    ("x.insert(-7, 9)", [1, 2]),
    ("x.insert(7, 9)", [1, 2]),
    ("x.insert(2, [])", [[1], [2]]),
    ("x.insert(True, 9)", [1, 2]),
    ("x.insert(0, 9)", []),
    ("x.pop()", [1, 2]),
    ("x.pop()", [[1]]),
    ("x.pop()", []),
    ("x.pop(0)", []),
    ("x.pop(0)", [1, 2, 3]),
    ("x.pop(1)", [1, [2], 3]),
    ("x.pop(-2)", [1, 2, 3]),
    ("x.pop(3)", [1, 2, 3]),
    ("x.pop(-4)", [1, 2, 3]),
    ("x.pop(False)", [1, 2, 3]),
    ("x.remove(2)", [1, 2, 3, 2]),
    ("x.remove(9)", [1, 2]),
    ("x.remove(1)", [True, 1]),
    ("x.remove([1])", [[0], [1]]),
    ("x.remove('a')", []),
    ("x.remove('a')", [1]),
    ("x.clear()", [1, [2]]),
    ("x.reverse()", [1, [2], 3]),
    ("x.reverse()", []),
    ("x.sort()", [3, 1, 2]),
    ("x.sort(reverse=True)", ["a", "c", "b"]),
    ("x.sort()", ["a", 1]),
    ("x.sort()", []),
    ("x[0] = 9", [1, 2]),
    ("x[0] = [9]", [[1], 2]),
    ("x[-1] = None", [1, 2]),
    ("x[2] = 9", [1, 2]),
    ("x[-3] = 9", [1, 2]),
    ("x[0] = 9", []),
    ("x[True] = 9", [1, 2]),
    ("x[0] = []", [[1]]),
    ("del x[0]", [1, [2]]),
    ("del x[-1]", [1, [2]]),
    ("del x[0]", [[1]]),
    ("del x[2]", [1, 2]),
)
DICTS = (
    ("x.update({'b': 2})", {"a": 1}),
    ("x.update({'a': [2], 'c': None})", {"a": 1, "b": 2}),
    ("x.update([('a', 3), ('d', 4)])", {"a": 1}),
    ("x.update([['a', 'b']])", {"a": "1"}),
    ("x.update([['a', 'b', 'c']])", {"a": "1"}),
    ("x.update()", {"a": 1}),
    ("x.setdefault('a', 5)", {"a": 1}),
    ("x.setdefault('b', [5])", {"a": [1]}),
    ("x.setdefault('b')", {}),
    ("x.pop('a')", {"a": [1], "b": 2}),
    ("x.pop('a')", {"a": None}),
    ("x.pop('z')", {"a": 1}),
    ("x.pop('z', [1])", {"a": 1}),
    ("x.pop('a', 0)", {"a": 1}),
    ("x.pop(1, 0)", {"a": 1}),
    ("x.popitem()", {"a": 1, "b": [2]}),
    ("x.popitem()", {"a": 1}),
    ("x.popitem()", {}),
    ("x.clear()", {"a": 1}),
    ("x['a'] = 2", {"a": 1, "b": 3}),
    ("x['c'] = [2]", {"a": [1]}),
    ("x['c'] = []", {}),
    ("x['it\\'s \"x\"'] = None", {"a": 1}),
    ("del x['a']", {"a": 1, "b": [2]}),
    ("del x['a']", {"a": 1}),
    ("del x['z']", {"a": 1}),
    ("del x['it\\'s']", {"a": 1}),
)


@pytest.mark.parametrize(("statement", "x"), LISTS + DICTS)
def test_change(statement: str, x: object) -> None:
    changes.check(statement, x=x)


@pytest.mark.parametrize(("statement", "x"), LISTS + DICTS)
def test_change_of_an_untyped_value(statement: str, x: object) -> None:
    if isinstance(changes.change_of(statement, {"x": JSON}), Refusal):
        pytest.skip("needs to know the type")
    for value in (x, 5, None, "text", {"q": 1}, [0]):
        changes.check(statement, {"x": JSON}, x=value)


@pytest.mark.parametrize(
    ("statement", "index"),
    [("x[i] = 7", i) for i in (0, -1, 2, -3, True, 1.5, "a", None)]
    + [("del x[i]", i) for i in (1, -2, 2, "a", [1], {}, None)],
)
def test_change_at_an_index_that_is_no_constant(statement: str, index: object) -> None:
    changes.check(statement, {"i": JSON}, x=[1, [2]], i=index)


@pytest.mark.parametrize("key", ["a", "z", 1, None, [1], {}, True, 2.5])
def test_deletion_of_a_key_that_is_no_constant(key: object) -> None:
    changes.check("del x[i]", {"i": JSON}, x={"a": 1, "b": 2}, i=key)
    changes.check("x.pop(i)", {"i": JSON}, x={"a": 1, "b": 2}, i=key)
    changes.check("x.pop(i, 3)", {"i": JSON}, x={"a": 1, "b": 2}, i=key)


@pytest.mark.parametrize("value", ["ab", [1], {"k": 1}, 5, None, True, 1.5])
def test_extending_by_an_untyped_value(value: object) -> None:
    changes.check("x.extend(y)", {"y": JSON}, x=[1], y=value)


@pytest.mark.parametrize("value", [0, -1, 9, True, "a", None, 1.5, [1]])
def test_indices_of_methods_that_are_no_constants(value: object) -> None:
    changes.check("x.insert(y, 5)", {"y": JSON}, x=[1, 2], y=value)
    changes.check("x.pop(y)", {"y": JSON}, x=[1, 2], y=value)
    changes.check("x.remove(y)", {"y": JSON}, x=[True, "a", [1]], y=value)


def test_items_of_unknown_type_keep_their_shape() -> None:
    for value in ([1], [[1]], [], "a", None, {"a": []}):
        changes.check("x.append(y)", {"x": ListT(JSON), "y": JSON}, x=[[1]], y=value)
        changes.check("x.insert(0, y)", {"x": ListT(JSON), "y": JSON}, x=[[1]], y=value)
        changes.check("x[0] = y", {"x": ListT(JSON), "y": JSON}, x=[[1]], y=value)
        changes.check("x['k'] = y", {"x": DictT(JSON), "y": JSON}, x={"a": 1}, y=value)
        changes.check("x.append(y)", {"x": ListT(NEVER), "y": JSON}, x=[], y=value)


@pytest.mark.parametrize(
    ("statement", "slug"),
    [
        ("x[0] = 1", "type-mismatch"),
        ("x.setdefault(0, 1)", "unsupported-expression"),
        ("x.pop()", "type-mismatch"),
        ("x.append(1)", "type-mismatch"),
    ],
)
def test_what_a_dict_refuses(statement: str, slug: str) -> None:
    made = changes.change_of(statement, {"x": DictT(STR), "y": JSON})
    assert isinstance(made, Refusal) and made.slug == slug


NO_TEXT = ((1, "int"), (1.5, "float"), (True, "bool"), (None, "NoneType"))


@pytest.mark.parametrize("statement", ["x[y] = 1", "x.setdefault(y, 1)", "x.update([(y, 1)])"])
def test_a_key_of_unknown_type_must_be_a_str(statement: str) -> None:
    """A limit: objects of JSON have no other keys. What CPython refuses, it refuses in the same words."""
    for key in ("a", "z", [1], {"k": 1}):
        changes.check(statement, {"x": DictT(JSON), "y": JSON}, x={"a": 0}, y=key)
    for key, kind in NO_TEXT:
        change = changes.change_of(statement, {"x": DictT(JSON), "y": JSON})
        assert not isinstance(change, Refusal)
        tried = change.updated if change.result is change.updated else change.result
        for engine in harness.engines():
            found = harness.jsonata(tried, {"x": {}, "y": key}, engine)
            assert found == harness.Raised("TypeError", f"a key of a dict in the machine must be str, not {kind}")


def test_displays_and_pairs_with_keys_of_unknown_type() -> None:
    for key in ("a", [1], {}):
        harness.check("{x: 1, 'b': 2}", {"x": JSON}, x=key)
        harness.check("dict([(x, 1), ('b', 2)])", {"x": JSON}, x=key)
    for pairs in ([["a", 1]], [["a", 1], ["b"]], [["a"], [[], 1]], [[[], 1], ["a"]], [["a", 1], [{}, 2]], []):
        harness.check("dict(x)", {"x": ListT(ListT(JSON))}, x=pairs)
