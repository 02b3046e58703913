"""A workflow called from another one: an execution of its own, by value.

Owns how the arguments of such a call become the input of the child, and its output the result: JSON in both directions, as between
executions of Step Functions. A call outside of any run is plain Python and does not come here.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pysfnc.lang.binding import bind_input
from pysfnc.lang.context import made_up_run, running
from pysfnc.lang.wire import encode_arguments, encode_result, encode_value, signature_of

if TYPE_CHECKING:
    from pysfnc.lang.decorators import Workflow


def run_child(workflow: "Workflow[Any, Any]", args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run `workflow` as a child of the present run; a coroutine for an async one. The result is its output as JSON.

    Raises:
        TypeError, ValueError: the arguments do not fit, or cannot travel.
    """
    function: Callable[..., Any] = workflow.__wrapped__
    document = _input_of(function, args, kwargs)
    return _run_async(workflow, function, document) if workflow.is_async else workflow.run(document)


def _input_of(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given, named = encode_arguments(function, args, kwargs)
    signature = signature_of(function)
    first = next(iter(signature.parameters.parameters.values()), None)
    if first is not None and first.kind is first.POSITIONAL_ONLY:
        return given[0]
    return {**dict(zip(signature.positional, given, strict=False)), **named}


async def _run_async(workflow: "Workflow[Any, Any]", function: Callable[..., Any], document: Any) -> Any:
    document, args, kwargs = bind_input(function, document)
    with running(made_up_run(workflow.name, encode_value(document))):
        return encode_result(function, await function(*args, **kwargs))
