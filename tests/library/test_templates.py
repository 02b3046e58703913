"""`"..." % values` and `"...".format(values)`: what CPython gives, and what is refused."""

import pytest

from pysfnc.library.text.printf import EXAMPLES
from pysfnc.values.types import INT, JSON, DictT, TupleT
from tests.library.harness import check, refusal

FORMAT_EXAMPLES = (
    "'{} and {}'.format(1, 'a')",
    "'{1}{0}{1}'.format('a', 2.5)",
    "'{x}-{y!r}'.format(x='é', y='é')",
    "'{0[1]} {0[0]:>4}'.format([1, 2])",
    "'{d[key]:.2f}{{}}'.format(d={'key': 2.345})",
    "'{:>8}|{:<8}|{:^8}'.format('a', 'b', 'c')",
    "'{:,} {:05.1f} {:x}'.format(1234567, 2.25, 255)",
    "'{}'.format(None)",
    "'{[k]}'.format({'j': 1})",
)


@pytest.mark.parametrize("example", [*EXAMPLES, *FORMAT_EXAMPLES])
def test_a_template_gives_the_text_of_cpython(example: str) -> None:
    check(example)


def test_values_of_unknown_type_are_looked_at_when_the_machine_runs() -> None:
    for value in (5, 5.5, "x", None, [1]):
        check("'%d' % x", {"x": JSON}, x=value)
        check("'%5.1f' % x", {"x": JSON}, x=value)
        check("'%s' % x", {"x": JSON}, x=value)


def test_a_tuple_and_a_dict_are_taken_apart() -> None:
    check("'%s-%s' % p", {"p": TupleT((INT, INT))}, p=(1, 2))
    check("'%(a)s' % d", {"d": DictT(INT)}, d={"a": 1})


@pytest.mark.parametrize(
    ("source", "slug"),
    [
        ("'%d %d' % (1,)", "type-mismatch"),
        ("'%d' % (1, 2)", "type-mismatch"),
        ("'%d' % 'x'", "type-mismatch"),
        ("'%*d' % (3, 4)", "unsupported-expression"),
        ("'{} {}'.format(1)", "type-mismatch"),
        ("'{} {1}'.format(1, 2)", "type-mismatch"),
        ("'{x}'.format(y=1)", "type-mismatch"),
        ("'{'.format(1)", "type-mismatch"),
        ("'{0.real}'.format(1)", "unsupported-expression"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(source: str, slug: str) -> None:
    assert refusal(source).slug == slug
