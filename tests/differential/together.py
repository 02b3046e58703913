"""Random statements that run things at the same time."""

from tests.differential.kinds import Function, Scope, Variable
from tests.differential.program import Place, Program, indented, statement
from tests.differential.templates import call, expression, leaf


def _branch_scope(program: Program, scope: Scope, **changes: object) -> Scope:
    """A scope in which nothing around it is rebound or changed."""
    inner = scope.inner(**changes)
    inner.variables = [Variable(v.name, v.kind, rebind=False, change=False) for v in inner.variables]
    inner.functions = [f for f in inner.functions if not f.rebinds]
    return inner


@statement("parallel")
def run_parallel(program: Program, scope: Scope, place: Place) -> list[str]:
    """`parallel(...)`. Only one branch may raise, and then the others call nothing, so that every order ends alike."""
    risky = program.rng.random() < 0.3 and not scope.safe
    kinds = [program.kind() for _ in range(program.rng.randint(2, 3))]
    before: list[str] = []
    branches = []
    for number, kind in enumerate(kinds):
        raises = risky and number == 0
        inner = _branch_scope(program, scope, safe=not raises, calls=scope.calls and (not risky or raises))
        if program.rng.random() < 0.5:
            branches.append(f"lambda: {expression(inner, kind, 3)}")
            continue
        name = program.name("branch")
        body: list[str] = []
        if place.depth > 0 and program.budget > 0 and program.rng.random() < 0.5:
            body = program.block(inner, Place(min(place.depth - 1, 1), result=kind, branch=True))
        before += [f"def {name}():", *indented([*body, f"return {expression(inner, kind, 2)}"])]
        branches.append(name)
    names = [program.new(scope, kind) for kind in kinds]
    return [*before, f"{', '.join(names)} = parallel({', '.join(branches)})"]


@statement("pool")
def run_pool(program: Program, scope: Scope, place: Place) -> list[str]:
    """A thread pool with `map` or `submit`."""
    if not scope.calls:
        return []
    pool = program.name("pool")
    head = f"with ThreadPoolExecutor(max_workers={program.rng.randint(1, 4)}) as {pool}:"
    safe = [f for f in scope.functions if not f.raises and not f.rebinds]
    usable = [(f, v) for f in safe if _takes(f, 1) for v in scope.of_kind(("list", f.params[0][1]))]
    choice = program.rng.random()
    if usable and choice < 0.4:
        function, variable = program.rng.choice(usable)
        return [
            head,
            f"    {program.new(scope, ('list', function.result))} = list({pool}.map({function.name}, {variable.name}))",
        ]
    if usable and choice < 0.6:
        function, variable = program.rng.choice(usable)
        futures, item = program.name("futures"), program.name("x")
        results = program.new(scope, ("list", function.result))
        return [
            head,
            f"    {futures} = [{pool}.submit({function.name}, {item}) for {item} in {variable.name}]",
            f"    {results} = [{item}.result() for {item} in {futures}]",
        ]
    pairs = [
        (f, v, w)
        for f in safe
        if _takes(f, 2)
        for v in scope.of_kind(("list", f.params[0][1]))[:2]
        for w in scope.of_kind(("list", f.params[1][1]))[:2]
    ]
    if pairs and choice < 0.75:
        function, first, second = program.rng.choice(pairs)
        result = program.new(scope, ("list", function.result))
        return [head, f"    {result} = list({pool}.map({function.name}, {first.name}, {second.name}))"]
    if not safe:
        return []
    return [head, *indented(_submitted(program, scope, pool, safe))]


def _takes(function: Function, count: int) -> bool:
    return len(function.params) - function.optional <= count <= len(function.params) - function.keyword_only


def _submitted(program: Program, scope: Scope, pool: str, safe: list[Function]) -> list[str]:
    lines, futures = [], []
    for function in program.rng.choices(safe, k=2):
        future = program.name("future")
        args = []
        for index, (name, kind) in enumerate(function.params):
            text = expression(scope.inner(calls=False, safe=True), kind, 2)
            args.append(text if index < len(function.params) - function.keyword_only else f"{name}={text}")
        lines.append(f"{future} = {pool}.submit({', '.join((function.name, *args))})")
        futures.append((future, function.result))
    return lines + [f"{program.new(scope, kind)} = {future}.result()" for future, kind in futures]


@statement("gather", weight=3)
def run_gather(program: Program, scope: Scope, place: Place) -> list[str]:
    """`asyncio.gather(...)`."""
    safe = [f for f in scope.functions if f.is_async and not f.raises]
    if not safe or not scope.calls:
        return []
    usable = [(f, v) for f in safe if _takes(f, 1) for v in scope.of_kind(("list", f.params[0][1]))]
    if usable and program.rng.random() < 0.4:
        function, variable = program.rng.choice(usable)
        item, result = program.name("x"), program.new(scope, ("list", function.result))
        forms = [
            f"*({function.name}({item}) for {item} in {variable.name})",
            f"*[{function.name}({item}) for {item} in {variable.name}]",
        ]
        text = program.rng.choice(forms)
        return [f"{result} = {'list' if program.rng.random() < 0.5 else ''}(await asyncio.gather({text}))"]
    chosen = program.rng.choices(safe, k=program.rng.randint(2, 3))
    calls = []
    for function in chosen:
        text = call(scope.inner(calls=False, safe=True), function, 2)
        calls.append(text.removeprefix("(await ").removesuffix(")"))
    names = [program.new(scope, function.result) for function in chosen]
    return [f"{', '.join(names)} = await asyncio.gather({', '.join(calls)})"]


def _calls(program: Program, scope: Scope, functions: list[Function]) -> list[str]:
    """Calls of async functions that nobody awaits yet."""
    texts = [call(scope.inner(calls=False, safe=True), function, 2) for function in functions]
    return [text.removeprefix("(await ").removesuffix(")") for text in texts]


def _awaitable(scope: Scope, *, raising: bool = False) -> list[Function]:
    if not scope.calls:
        return []
    return [f for f in scope.functions if f.is_async and (raising or not f.raises)]


@statement("created_tasks", weight=2)
def create_tasks(program: Program, scope: Scope, place: Place) -> list[str]:
    """`asyncio.create_task(...)`, with code before the tasks are awaited."""
    safe = _awaitable(scope)
    if not safe:
        return []
    chosen = program.rng.choices(safe, k=program.rng.randint(1, 3))
    tasks = [program.name("task") for _ in chosen]
    created = zip(tasks, _calls(program, scope, chosen), strict=True)
    lines = [f"{task} = asyncio.create_task({text})" for task, text in created]
    if program.rng.random() < 0.4:
        kind = program.rng.choice(program.kinds)
        text = expression(scope.inner(calls=False, safe=True), kind, 2)
        lines.append(f"{program.new(scope, kind)} = {text}")
    if program.rng.random() < 0.2 and place.whole:
        lines.append(f"await asyncio.sleep({program.rng.randint(0, 3)})")
    pairs = list(zip(tasks, chosen, strict=True))
    if program.rng.random() < 0.3:
        names = [program.new(scope, function.result) for function in chosen]
        return [*lines, f"{', '.join(names)}, = await asyncio.gather({', '.join(tasks)})"]
    if program.rng.random() < 0.3:
        pairs.reverse()
    return lines + [f"{program.new(scope, function.result)} = await {task}" for task, function in pairs]


@statement("task_groups", weight=2)
def run_task_group(program: Program, scope: Scope, place: Place) -> list[str]:
    """`async with asyncio.TaskGroup() as group`."""
    safe = _awaitable(scope)
    if not safe:
        return []
    group = program.name("group")
    chosen = program.rng.choices(safe, k=program.rng.randint(1, 3))
    tasks = [program.name("task") for _ in chosen]
    created = zip(tasks, _calls(program, scope, chosen), strict=True)
    lines = [f"{task} = {group}.create_task({text})" for task, text in created]
    results = [f"{program.new(scope, f.result)} = {task}.result()" for task, f in zip(tasks, chosen, strict=True)]
    return [f"async with asyncio.TaskGroup() as {group}:", *indented(lines), *results]


@statement("timeouts", nests=True, weight=2)
def limit_time(program: Program, scope: Scope, place: Place) -> list[str]:
    """`asyncio.timeout(...)` around waits and other code, and a handler. No wait ends at the moment of the limit.

    What a stopped body assigned must not be read (SFN410), so it assigns nothing that is there before.
    """
    if not place.whole or not scope.calls:
        return []
    limit = f"{program.rng.randint(0, 6)}.25"
    inner = _branch_scope(program, scope)
    wait = program.rng.choice((str(program.rng.randint(0, 8)), f"abs({leaf(scope, 'int')})"))
    body = [f"await asyncio.sleep({wait})", *program.block(inner, place.deeper(in_loop=False))]
    handler = program.block(scope.inner(), place.deeper())
    return [
        "try:",
        f"    async with asyncio.timeout({limit}):",
        *indented(indented(body)),
        "except TimeoutError:",
        *indented(handler),
    ]


@statement("kept_exceptions")
def gather_exceptions(program: Program, scope: Scope, place: Place) -> list[str]:
    """`asyncio.gather(..., return_exceptions=True)`."""
    found = _awaitable(scope, raising=True)
    if not found:
        return []
    chosen = program.rng.choices(found, k=program.rng.randint(1, 3))
    item, results = program.name("x"), program.name("results")
    form = program.rng.choice(
        (f"isinstance({item}, Exception)", f"type({item}).__name__ if isinstance({item}, Exception) else ''")
    )
    kind = "bool" if form.startswith("isinstance") else "str"
    return [
        f"{results} = await asyncio.gather({', '.join(_calls(program, scope, chosen))}, return_exceptions=True)",
        f"{program.new(scope, ('list', kind))} = [{form} for {item} in {results}]",
    ]
