"""The codes of AWS's errors, from the names that Step Functions gives them, in the least room.

Most names are the codes in another spelling: `Rds.DbClusterNotFoundException` for `DBClusterNotFoundFault`. So the table of a service is turned
into a rule: an ending that goes, parts that are spelt otherwise, names that get something in front or behind, and the few codes that have
nothing to do with their name. The rule is exact for every name of the table; any other is spelt by it as well.
"""

import re
from dataclasses import replace
from functools import cache
from typing import Final

from pysfnc.jsonata.printer import print_tree
from pysfnc.jsonata.tree import Binary, Bind, Call, IfElse, Index, Lit, Object, Ref, Regex, Seq, Tree
from pysfnc.lean import dataclass

ENDING: Final = "Exception"
CODE: Final = "code"

Table = tuple[tuple[str, str], ...]
"""Names (behind the dot) and their codes."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """How codes are made of names, one step after the other.

    Attributes:
        strip: the ending of names goes.
        spelt: parts of names, and what stands for them in codes.
        added: what is put in front and behind -> the names that it is put around.
        others: names whose codes are something else.
    """

    strip: bool = False
    spelt: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[tuple[str, str], tuple[str, ...]], ...] = ()
    others: Table = ()

    def code(self, name: str) -> str:
        """The code that the rule makes of a name."""
        stem = self.stem(name)
        for (before, after), stems in self.added:
            if stem in stems:
                return dict(self.others).get(stem, f"{before}{stem}{after}")
        return dict(self.others).get(stem, stem)

    def stem(self, name: str) -> str:
        """A name after the first two steps."""
        name = name.removesuffix(ENDING) if self.strip else name
        for part, code in self.spelt:
            name = name.replace(part, code)
        return name


def code_of(table: Table, name: Tree) -> Tree:
    """The code for the name of an error, which is what stands behind the dot of its full name."""
    return _written(_best(table), name)


@cache
def _best(table: Table) -> _Rule:
    rules = [_completed(_with_spelling(_Rule(strip), table), table) for strip in (False, True)]
    exact = [rule for rule in rules if all(rule.code(name) == code for name, code in table)]
    return min(exact, key=_length, default=_Rule(others=table))


def _with_spelling(rule: _Rule, table: Table) -> _Rule:
    """The rule with the spellings that make it shorter, those that most names have first."""
    least = _length(_completed(rule, table))
    for pair in _spellings(rule, table):
        tried = replace(rule, spelt=(*rule.spelt, pair))
        length = _length(_completed(tried, table))
        if length < least:
            rule, least = tried, length
    return rule


def _spellings(rule: _Rule, table: Table) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], int] = {}
    for name, code in table:
        stem = rule.stem(name)
        if code[: len(stem)].lower() != stem.lower():
            continue
        for word in re.finditer("[A-Z][a-z0-9]*", stem):
            there = code[word.start() : word.end()]
            if there != word[0]:
                found[word[0], there] = found.get((word[0], there), 0) + 1
    return sorted(found, key=lambda pair: -found[pair])


def _completed(rule: _Rule, table: Table) -> _Rule:
    """The rule with what the first steps do not make of a name."""
    around: dict[tuple[str, str], list[str]] = {}
    others: list[tuple[str, str]] = []
    for name, code in table:
        stem = rule.stem(name)
        if stem == code:
            continue
        before, found, after = code.partition(stem)
        if found and " " not in stem:
            around.setdefault((before, after), []).append(stem)
        else:
            others.append((stem, code))
    for (before, after), stems in list(around.items()):
        if len(stems) == 1:
            others.append((stems[0], f"{before}{stems[0]}{after}"))
            del around[before, after]
    return replace(rule, added=tuple((pair, tuple(stems)) for pair, stems in around.items()), others=tuple(others))


def _length(rule: _Rule) -> int:
    return len(print_tree(_written(rule, Ref(CODE)), tight=True))


def _written(rule: _Rule, name: Tree) -> Tree:
    if rule.strip:
        name = Call("replace", (name, Regex(f"{ENDING}$"), Lit("")))
    for part, there in rule.spelt:
        name = Call("replace", (name, Lit(part), Lit(there)))
    if not rule.added and not rule.others:
        return name
    code = Ref(CODE)
    steps: list[Tree | Bind] = [Bind(CODE, name)]
    made: Tree = code
    for (before, after), stems in rule.added:
        listed = Call("split", (Lit(" ".join(stems)), Lit(" ")))
        made = IfElse(Binary("in", code, listed), _joined(before, code, after), made)
    if rule.others:
        table = Object(tuple((Lit(stem), Lit(other)) for stem, other in rule.others))
        made = Index(Call("append", (Call("lookup", (table, code)), made)), Lit(0))
    return Seq((*steps, made))


def _joined(before: str, code: Tree, after: str) -> Tree:
    made = Binary("&", Lit(before), code) if before else code
    return Binary("&", made, Lit(after)) if after else made
