"""Requirements: what is read, what is left out, and the one pip run that is cached."""

import sys
from pathlib import Path

import pytest

from pysfnc.packaging import PackagingFailed, Target
from pysfnc.packaging import requirements as module
from pysfnc.packaging.requirements import find_requirements, installed, installed_files, read_requirements
from tests.packaging.wheels import make_wheel


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYSFNC_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def listing(folder: Path, text: str, name: str = "requirements.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_requirements_txt_comes_before_pyproject(tmp_path: Path) -> None:
    assert find_requirements(tmp_path) is None
    pyproject = listing(tmp_path, "", "pyproject.toml")
    assert find_requirements(tmp_path) == pyproject
    assert find_requirements(tmp_path) != listing(tmp_path, "")
    assert find_requirements(tmp_path) == tmp_path / "requirements.txt"


def test_lines_are_read_without_comments_and_with_includes(tmp_path: Path) -> None:
    listing(tmp_path, "six\n", "more.txt")
    listing(tmp_path, "six==1\n", "limits.txt")
    source = listing(
        tmp_path, "\ufeffa==1 \\\n  --hash=x # why\n\n# all\n-r more.txt\n-c limits.txt\n--find-links=wheels\nb # x\n"
    )
    assert read_requirements(source) == (
        "a==1    --hash=x",
        "six",
        f"-c {tmp_path / 'limits.txt'}",
        f"--find-links {tmp_path / 'wheels'}",
        "b",
    )


def test_what_lambda_has_is_left_out(tmp_path: Path) -> None:
    source = listing(tmp_path, "boto3\nBotoCore ; python_version > '3'\npysfnc[dev]>=0.1\nboto3-stubs\nboto3==1.40\n")
    assert read_requirements(source) == ("boto3-stubs", "boto3==1.40")


def test_options_alone_ask_for_nothing(tmp_path: Path) -> None:
    assert read_requirements(listing(tmp_path, "--index-url https://example.org\nboto3\n")) == ()


def test_pyproject_dependencies_are_read(tmp_path: Path) -> None:
    source = listing(tmp_path, '[project]\nname="x"\ndependencies=["a>1", "boto3", "b"]\n', "pyproject.toml")
    assert read_requirements(source) == ("a>1", "b")
    assert read_requirements(listing(tmp_path, "[tool.x]\n", "pyproject.toml")) == ()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("requirements.txt", "-e .\n", "is a local requirement"),
        ("requirements.txt", "./lib\n", "is a local requirement"),
        ("requirements.txt", "lib @ file:///x\n", "is a local requirement"),
        ("requirements.txt", "-r requirements.txt\n", "includes itself"),
        ("requirements.txt", "-r gone.txt\n", "cannot read .*gone.txt: No such file"),
        ("pyproject.toml", "[project\n", "is no TOML"),
        ("pyproject.toml", "[project]\ndependencies=3\n", "must be a list of texts"),
    ],
)
def test_what_cannot_be_packed_is_refused(tmp_path: Path, name: str, text: str, reason: str) -> None:
    with pytest.raises(PackagingFailed, match=reason):
        read_requirements(listing(tmp_path, text, name))


def test_binary_files_are_refused(tmp_path: Path) -> None:
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00")
        with pytest.raises(PackagingFailed, match="is no"):
            read_requirements(tmp_path / name)


def test_nothing_is_run_when_nothing_is_asked_for(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.subprocess, "run", None)
    assert installed((), Target()) is None
    assert not cache.exists()


def test_wheels_for_the_platform_of_lambda_are_chosen(tmp_path: Path, cache: Path) -> None:
    for tag in (
        "cp313-cp313-manylinux2014_aarch64",
        "cp313-cp313-manylinux2014_x86_64",
        "cp312-cp312-manylinux_2_34_aarch64",
        "cp311-cp311-manylinux_2_28_x86_64",
        "cp313-cp313-win_amd64",
    ):
        make_wheel(tmp_path / "wheels", "native", tag)
    lines = ("--no-index", f"--find-links {tmp_path / 'wheels'}", "native")

    def chosen(python: str, arch: str) -> str:
        folder = installed(lines, Target(python, arch))
        assert folder is not None
        return (folder / "native.py").read_text()

    assert "cp313-cp313-manylinux2014_aarch64" in chosen("3.13", "arm64")
    assert "cp313-cp313-manylinux2014_x86_64" in chosen("3.13", "x86_64")
    assert "cp312-cp312-manylinux_2_34_aarch64" in chosen("3.12", "arm64")
    with pytest.raises(PackagingFailed, match=r"for Lambda's Python 3.11 on x86_64: No matching distribution"):
        chosen("3.11", "x86_64")  # its glibc is older than the wheel wants


def test_an_installation_is_made_once(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_wheel(tmp_path / "wheels", "tinydep")
    lines = ("--no-index", f"--find-links {tmp_path / 'wheels'}", "tinydep")
    folder = installed(lines, Target())
    assert folder is not None
    assert [name for name, _ in installed_files(folder)][-1] == "tinydep.py"
    monkeypatch.setattr(module.subprocess, "run", None)
    assert installed(lines, Target()) == folder
    assert [path.name for path in (cache / "requirements").iterdir()] == [folder.name]


def test_a_failed_installation_leaves_nothing(tmp_path: Path, cache: Path) -> None:
    lines = ("--no-index", f"--find-links {tmp_path}", "no-such-package-at-all")
    with pytest.raises(PackagingFailed, match=r"pip cannot install the requirements .* no-such-package-at-all"):
        installed(lines, Target.local())
    assert list((cache / "requirements").iterdir()) == []


def test_pip_that_is_missing_is_told(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\necho 'No module named pip' >&2\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(PackagingFailed, match="No module named pip"):
        installed(("six",), Target())
