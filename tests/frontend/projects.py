"""Projects made of source texts, for tests of the frontend."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from pysfnc.diagnostics import Sink
from pysfnc.frontend.program.model import FunctionBinding, FunctionInfo, ProjectModel
from pysfnc.frontend.program.program import load_program


@dataclass(frozen=True)
class Loaded:
    """A program that was loaded, and what was reported."""

    found: ProjectModel | None
    sink: Sink

    @property
    def model(self) -> ProjectModel:
        assert self.found is not None, self.messages
        return self.found

    @property
    def messages(self) -> list[str]:
        """`SFN105 message` of each diagnostic, in source order."""
        return [f"{item.code} {item.message}" for item in self.sink.diagnostics]

    @property
    def codes(self) -> list[str]:
        return [str(item.code) for item in self.sink.diagnostics]

    def function(self, name: str) -> FunctionInfo:
        """A function of the entry file."""
        binding = self.model.entry.names[name]
        assert isinstance(binding, FunctionBinding), binding
        return binding.function


def load(folder: Path, files: dict[str, str] | str, entry: str = "app.py") -> Loaded:
    """Write the files into `folder` and load the entry; a single text is `app.py`."""
    for name, text in ({"app.py": files} if isinstance(files, str) else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    sink = Sink()
    return Loaded(load_program(str(folder / entry), sink), sink)
