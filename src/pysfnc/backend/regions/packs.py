"""Packs: the objects in which all ways through a compound statement end, so that it is one value."""

from collections.abc import Callable
from dataclasses import field, replace
from functools import partial
from typing import Final

from pysfnc.backend.expressions import Env, Out
from pysfnc.backend.regions.surroundings import Context, Jump, Throw
from pysfnc.jsonata.tree import Call, Field, Lit, Object, Tree
from pysfnc.jsonata.walk import map_tree
from pysfnc.lean import dataclass

TAG: Final = "k"
EXCEPTION: Final = "x"


@dataclass(slots=True)
class Exit:
    """A way out of a packed statement other than its end: its tag, and what to do there (with the exception object where it has one)."""

    tag: int
    resume: Callable[[Env, Out, Tree | None], Tree]


@dataclass(slots=True)
class Packing:
    """The packs of one compound statement while it is being written.

    Attributes:
        mark: what packs that are not in their final form yet are known by.
        names: the variables in a pack.
        exits: the ways out so far, by what they lead to.
    """

    mark: str
    names: tuple[str, ...]
    exits: dict[object, Exit] = field(default_factory=dict)

    @property
    def tagged(self) -> bool:
        """Whether the packs have tags, since there is more than one way out."""
        return bool(self.exits)

    @property
    def bare(self) -> bool:
        """Whether the packs are just the one variable."""
        return not self.tagged and len(self.names) == 1

    def ways(self) -> list[Exit]:
        """The ways out other than the end."""
        return sorted(self.exits.values(), key=lambda way: way.tag)

    def label(self, fallback: str) -> str:
        """What a variable for a pack is called."""
        return self.names[0] if self.bare else fallback

    def end(self, env: Env, _out: Out) -> Tree:
        """The pack at the end of the statement."""
        return self._of(0, None, env)

    def variables(self, pack: Tree) -> Env:
        """The variables in a pack in its final form."""
        return {name: pack if self.bare else Field(pack, self._slot(name)) for name in self.names}

    def around(self, context: Context) -> Context:
        """The surroundings in which every way out ends in a pack."""
        jumps = {key: partial(self._jump, key, jump) for key, jump in context.jumps.items()}
        frames = tuple(
            replace(
                frame,
                throw=partial(self._throw, ("throw", index), frame.throw),
                dynamic=partial(self._throw, ("dynamic", index), frame.dynamic),
            )
            for index, frame in enumerate(context.frames)
        )
        return replace(context, jumps=jumps, frames=frames)

    def finish(self, tree: Tree, into: str | None = None) -> Tree:
        """The statement with its packs in their final form: with a tag, without, or just the one variable; as the argument of a call of `into`."""

        def one(node: Tree) -> Tree:
            if not isinstance(node, Object) or not node.pairs or node.pairs[0][0] != Lit(self.mark):
                return node
            made = self._form(node)
            return made if into is None else Call(into, (made,))

        return map_tree(tree, one)

    def _form(self, node: Object) -> Tree:
        (_, tag), *rest = node.pairs
        if self.bare:
            return rest[0][1]
        if not self.tagged and not rest:
            return Lit(None)
        return Object(((Lit(TAG), tag), *rest)) if self.tagged else Object(tuple(rest))

    def _of(self, tag: int, exception: Tree | None, env: Env) -> Tree:
        pairs: list[tuple[Tree, Tree]] = [(Lit(self.mark), Lit(tag))]
        pairs.extend((Lit(self._slot(name)), env.get(name, Lit(None))) for name in self.names)
        if exception is not None:
            pairs.append((Lit(EXCEPTION), exception))
        return Object(tuple(pairs))

    def _slot(self, name: str) -> str:
        return f"v{self.names.index(name)}"

    def _jump(self, key: object, jump: Jump, env: Env, _out: Out) -> Tree:
        way = self._exit(key, lambda e, o, _exc: jump(e, o))
        return self._of(way.tag, None, env)

    def _throw(self, key: object, throw: Throw, env: Env, _out: Out, exc: Tree) -> Tree:
        way = self._exit(key, lambda e, o, x: throw(e, o, x if x is not None else Lit(None)))
        return self._of(way.tag, exc, env)

    def _exit(self, key: object, resume: Callable[[Env, Out, Tree | None], Tree]) -> Exit:
        return self.exits.setdefault(key, Exit(len(self.exits) + 1, resume))
