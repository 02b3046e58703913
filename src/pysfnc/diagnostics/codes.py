"""The registry of diagnostic codes.

Families: 1xx syntax outside the subset, 2xx names and flow, 3xx types, 4xx effects, errors and aliases, 5xx limits of
Step Functions, 6xx packaging, 9xx ours. Adding a code is a row here and a page `explain/<number>.md`; a test checks
both directions. Numbers and slugs are never reused.
"""

from typing import Final

from pysfnc.diagnostics.model import Code

__all__ = ["ALL_CODES", "find_code"]

# 1xx: syntax outside the subset
SYNTAX_ERROR: Final = Code("SFN100", "syntax-error", "Python cannot parse the file")
UNSUPPORTED_STATEMENT: Final = Code("SFN101", "unsupported-statement", "a statement that has no compiled form")
UNSUPPORTED_EXPRESSION: Final = Code("SFN102", "unsupported-expression", "an expression that has no compiled form")
UNSUPPORTED_CALL: Final = Code("SFN103", "unsupported-call", "a call of something that cannot be compiled")
UNSUPPORTED_PARAMETER_KIND: Final = Code("SFN104", "unsupported-parameter-kind", "a kind of parameter or argument")
UNSUPPORTED_DECORATOR_OPTION: Final = Code("SFN105", "unsupported-decorator-option", "an option of a decorator")
UNSUPPORTED_GENERATOR: Final = Code("SFN106", "unsupported-generator", "a generator function")
UNSUPPORTED_ASYNC: Final = Code("SFN107", "unsupported-async", "asynchronous code that has no compiled form")
NO_WORKFLOW: Final = Code("SFN108", "no-workflow", "the file has no workflow")
UNREADABLE_FILE: Final = Code("SFN109", "unreadable-file", "the file cannot be read as text")
MISPLACED_DECORATOR: Final = Code("SFN110", "misplaced-decorator", "a decorator of pysfnc where it has no effect")

# 2xx: names and flow
UNDEFINED_NAME: Final = Code("SFN201", "undefined-name", "a name that nothing defines")
MAYBE_UNSET: Final = Code("SFN202", "maybe-unset", "a variable read on a path that does not assign it")
GLOBAL_MUTATION: Final = Code("SFN203", "global-mutation", "a module-level value changed or rebound")
BRANCH_REBINDS_OUTER: Final = Code("SFN204", "branch-rebinds-outer", "a branch rebinds a variable of its surroundings")
DUPLICATE_NAME: Final = Code("SFN205", "duplicate-name", "two workflows or functions of one name")
NOT_CONSTANT: Final = Code("SFN206", "not-constant", "a module-level name whose value depends on how the module runs")
UNKNOWN_OPERATION: Final = Code("SFN207", "unknown-operation", "something of AWS that boto3 does not have")

# 3xx: types
TYPE_NEEDED: Final = Code("SFN301", "type-needed", "an operation whose meaning depends on an unknown type")
TYPE_MISMATCH: Final = Code("SFN302", "type-mismatch", "an operation that fails whenever it runs")
AMBIGUOUS_NUMBER: Final = Code("SFN303", "ambiguous-number", "int or float cannot be decided")
UNSUPPORTED_ANNOTATION: Final = Code("SFN304", "unsupported-annotation", "an annotation that a machine cannot follow")

# 4xx: effects, errors, aliases
ALIAS_MUTATION: Final = Code("SFN401", "alias-mutation", "a value changed while another name may hold it")
RECURSION: Final = Code("SFN402", "recursion", "a compiled function that calls itself")
CANNOT_INLINE: Final = Code("SFN403", "cannot-inline", "an @inline function that does not compile")
UNKNOWN_EXCEPTION_CLASS: Final = Code("SFN404", "unknown-exception-class", "an exception class that is not known")
EXCEPTION_BEHAVIOUR: Final = Code(
    "SFN405", "exception-behaviour", "a raised exception class whose behaviour has no compiled form"
)
AMBIGUOUS_EXCEPTION: Final = Code("SFN406", "ambiguous-exception", "two exception classes of one name")
AWS_DIFFERENCE: Final = Code("SFN407", "aws-difference", "a call of AWS that a machine would make differently")
LEFT_RUNNING: Final = Code("SFN408", "left-running", "branches that go on by themselves when one of them fails")
SHARED_WITH_BRANCH: Final = Code("SFN409", "shared-with-branch", "a variable assigned while a branch may read it")
STOPPED_CLEANUP: Final = Code("SFN410", "stopped-cleanup", "code that runs in a branch that is stopped")

# 5xx: limits of Step Functions
DEFINITION_TOO_LARGE: Final = Code("SFN501", "definition-too-large", "the definition passes the limit of AWS")
NESTING_TOO_DEEP: Final = Code("SFN502", "nesting-too-deep", "code nested deeper than can be compiled")
EXPRESSION_TOO_LARGE: Final = Code("SFN503", "expression-too-large", "an expression that AWS would refuse to evaluate")

# 6xx: packaging
MODULE_NOT_FOUND: Final = Code("SFN601", "module-not-found", "an import that neither project nor requirements provide")
REQUIREMENT_NOT_INSTALLED: Final = Code("SFN602", "requirement-not-installed", "a requirement cannot be installed")
PACKAGE_TOO_LARGE: Final = Code("SFN603", "package-too-large", "the Lambda package passes the limit of AWS")
PATH_OUTSIDE_PROJECT: Final = Code("SFN604", "path-outside-project", "a file outside the project would be packaged")

# 9xx: ours
INTERNAL_ERROR: Final = Code("SFN900", "internal-error", "a bug of pysfnc")

ALL_CODES: Final[tuple[Code, ...]] = tuple(value for value in list(globals().values()) if isinstance(value, Code))


def find_code(text: str) -> Code | None:
    """Return the code that a person means by "SFN214", "sfn214", "214" or "maybe-unset", or None."""
    wanted = text.strip().lower()
    for code in ALL_CODES:
        if wanted in (code.number.lower(), code.number[3:], code.slug):
            return code
    return None
