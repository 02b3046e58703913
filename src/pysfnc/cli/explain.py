"""`pysfnc explain CODE`: prints the page of a diagnostic, or the list of all."""

from pysfnc.cli.arguments import Arguments
from pysfnc.cli.exits import CommandError, Exit
from pysfnc.diagnostics import codes, find_code, nearest
from pysfnc.diagnostics.pages import page

__all__ = ["run_explain"]


def run_explain(arguments: Arguments) -> Exit:
    """Print one page, or one line per code when none is named."""
    if arguments.code is None:
        for row in codes.ALL_CODES:
            print(f"{row.number}  {row.slug:<28} {row.title}")
        return Exit.DONE
    code = find_code(arguments.code)
    if code is None:
        known = [name for row in codes.ALL_CODES for name in (row.number, row.slug)]
        close = nearest(arguments.code, known)
        hint = f"; a code `{close}` exists" if close else "; `pysfnc explain` lists all"
        raise CommandError(f"no diagnostic has the code `{arguments.code}`{hint}")
    print(page(code).rstrip())
    return Exit.DONE
