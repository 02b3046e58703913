"""The Lambda zip: what is in it, its bytes, and what it refuses."""

import base64
import hashlib
import json
import os
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pysfnc.packaging import BuildPlan, FunctionSpec, PackagingFailed, Target
from pysfnc.packaging import bundle as bundle_module
from pysfnc.packaging.bundle import build_lambda_zip
from pysfnc.packaging.files import checked_entry_name
from tests.packaging.wheels import make_wheel

CHARGE = FunctionSpec("charge", "app", "charge", known_exceptions=("app:Declined", "KeyError"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "app.py").write_text("def charge(x):\n    return x\n")
    (folder / "lib" / "__init__.py").write_text("")
    (folder / "lib" / "deep.py").write_text("X = 1\n")
    return folder


def plan_of(project: Path, **changes: Any) -> BuildPlan:
    modules = {str(path.relative_to(project)): path for path in sorted(project.rglob("*.py"))}
    fields: dict[str, Any] = {"project_root": project, "modules": modules, "functions": (CHARGE,)}
    return BuildPlan(**(fields | changes))


def test_it_holds_modules_handler_registration_and_runtime(project: Path, tmp_path: Path) -> None:
    built = build_lambda_zip(plan_of(project), tmp_path / "out" / "app.zip")
    with zipfile.ZipFile(built.path) as archive:
        names = archive.namelist()
        registration = json.loads(archive.read("pysfnc_functions.json"))
    assert {"app.py", "lib/__init__.py", "lib/deep.py", "pysfnc_handler.py", "pysfnc/__init__.py"} <= set(names)
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"app.py", "lib", "pysfnc_handler.py", "pysfnc_functions.json", "pysfnc"}
    assert all(name.startswith("pysfnc/lang/") for name in names if name.startswith("pysfnc/") and name.count("/") > 1)
    assert registration == {
        "version": 1,
        "functions": {"charge": {"module": "app", "qualname": "charge", "exceptions": ["KeyError", "app:Declined"]}},
    }


def test_the_answer_describes_the_file(project: Path, tmp_path: Path) -> None:
    built = build_lambda_zip(plan_of(project), tmp_path / "app.zip")
    content = built.path.read_bytes()
    assert built.packed_bytes == len(content)
    assert base64.b64decode(built.code_sha256) == hashlib.sha256(content).digest()
    with zipfile.ZipFile(built.path) as archive:
        assert built.unpacked_bytes == sum(info.file_size for info in archive.infolist())


def test_same_input_same_bytes(project: Path, tmp_path: Path) -> None:
    first = build_lambda_zip(plan_of(project), tmp_path / "a.zip").path.read_bytes()
    for path in project.rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (time.time() + 1000, time.time() + 1000))
    plan = plan_of(project)
    reordered = plan_of(project, modules=dict(reversed(plan.modules.items())), functions=(CHARGE,))
    assert build_lambda_zip(reordered, tmp_path / "b.zip").path.read_bytes() == first
    (project / "app.py").write_text("def charge(x):\n    return [x]\n")
    assert build_lambda_zip(plan_of(project), tmp_path / "c.zip").path.read_bytes() != first


def test_entries_are_sorted_dated_and_permitted(project: Path, tmp_path: Path) -> None:
    built = build_lambda_zip(plan_of(project), tmp_path / "app.zip")
    with zipfile.ZipFile(built.path) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)
    for info in infos:
        mode = info.external_attr >> 16
        assert info.create_system == 3
        assert info.date_time == (1980, 1, 1, 0, 0, 0)
        assert stat.S_IMODE(mode) == (0o755 if info.is_dir() else 0o644)
        assert stat.S_ISDIR(mode) == info.is_dir()


def test_the_unpacked_zip_works_on_its_own(project: Path, tmp_path: Path) -> None:
    built = build_lambda_zip(plan_of(project), tmp_path / "app.zip")
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(tmp_path / "task")
    code = "import pysfnc_handler as h; print(h.handler({'f': 'charge', 'a': [1.0]}, None), h.__file__)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=tmp_path / "task", env={}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", str(tmp_path / "task" / "pysfnc_handler.py")]


@pytest.mark.parametrize(
    "name", ["../app.py", "/app.py", "a//b.py", "./a.py", "a\\b.py", "C:/a.py", "", "a/../b.py", "a\0"]
)
def test_paths_cannot_escape(name: str) -> None:
    with pytest.raises(PackagingFailed, match="cannot be a path in the zip"):
        checked_entry_name(name)


def test_links_to_the_outside_are_refused(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x = 1\n")
    (project / "inner.py").symlink_to(tmp_path / "secret.py")
    with pytest.raises(PackagingFailed, match="leads outside of"):
        build_lambda_zip(plan_of(project), tmp_path / "app.zip")
    (project / "inner.py").unlink()
    (project / "linked").symlink_to(tmp_path, target_is_directory=True)
    modules = {"secret.py": project / "linked" / "secret.py"}
    with pytest.raises(PackagingFailed, match="leads outside of"):
        build_lambda_zip(plan_of(project, modules=modules), tmp_path / "app.zip")
    assert not (tmp_path / "app.zip").exists()


def test_links_inside_are_followed(project: Path, tmp_path: Path) -> None:
    (project / "same.py").symlink_to(project / "app.py")
    built = build_lambda_zip(plan_of(project), tmp_path / "app.zip")
    with zipfile.ZipFile(built.path) as archive:
        assert archive.read("same.py") == archive.read("app.py")
        assert stat.S_ISREG(archive.getinfo("same.py").external_attr >> 16)


@pytest.mark.parametrize("name", ["pysfnc.py", "pysfnc/extra.py", "pysfnc_handler.py", "pysfnc_functions.py"])
def test_names_of_the_runtime_are_taken(project: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(PackagingFailed, match="is taken by the runtime"):
        build_lambda_zip(plan_of(project, modules={name: project / "app.py"}), tmp_path / "app.zip")


def test_a_missing_file_is_named(project: Path, tmp_path: Path) -> None:
    with pytest.raises(PackagingFailed, match=r"cannot read .*gone\.py: No such file"):
        build_lambda_zip(plan_of(project, modules={"gone.py": project / "gone.py"}), tmp_path / "app.zip")
    with pytest.raises(PackagingFailed, match="is no file"):
        build_lambda_zip(plan_of(project, modules={"lib": project / "lib"}), tmp_path / "app.zip")


def test_one_id_is_registered_once(project: Path, tmp_path: Path) -> None:
    with pytest.raises(PackagingFailed, match="two functions are registered as 'charge'"):
        build_lambda_zip(plan_of(project, functions=(CHARGE, CHARGE)), tmp_path / "app.zip")


def test_a_package_that_is_too_big_for_lambda_is_refused(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_module, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(PackagingFailed, match="bytes unpacked; Lambda takes 1,000"):
        build_lambda_zip(plan_of(project), tmp_path / "app.zip")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_the_old_zip_alone(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "app.zip"
    target.write_bytes(b"old")
    real = os.fdopen

    def fdopen_on_full_disk(descriptor: int, *args: Any) -> Any:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, descriptor)
        os.close(full)
        return real(descriptor, *args)

    monkeypatch.setattr("pysfnc.packaging.files.os.fdopen", fdopen_on_full_disk)
    with pytest.raises(PackagingFailed, match=r"cannot write .*app\.zip: No space left on device"):
        build_lambda_zip(plan_of(project), target)
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.zip", "project"]


def test_a_folder_in_the_way_is_a_clean_error(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PackagingFailed, match=r"cannot write .*: (Not a directory|File exists)"):
        build_lambda_zip(plan_of(project), tmp_path / "file" / "app.zip")
    (tmp_path / "app.zip").mkdir()
    with pytest.raises(PackagingFailed, match=r"cannot write .*: Is a directory"):
        build_lambda_zip(plan_of(project), tmp_path / "app.zip")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYSFNC_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_requirements_go_in_without_what_differs_between_machines(project: Path, tmp_path: Path, cache: Path) -> None:
    make_wheel(tmp_path / "wheels", "tinydep")
    listing = project / "requirements.txt"
    listing.write_text("--no-index\n--find-links ../wheels\ntinydep  # pinned by the wheel\n")
    first = build_lambda_zip(plan_of(project, requirements=listing), tmp_path / "a.zip").path.read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = set(archive.namelist())
    assert {"tinydep.py", "tinydep-1.0.dist-info/METADATA"} <= names
    assert not [name for name in names if name.startswith("bin/") or name.endswith((".pyc", "/RECORD", "/INSTALLER"))]
    for path in sorted(cache.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert build_lambda_zip(plan_of(project, requirements=listing), tmp_path / "b.zip").path.read_bytes() == first


def test_a_module_with_the_name_of_a_requirement_is_refused(project: Path, tmp_path: Path, cache: Path) -> None:
    make_wheel(tmp_path / "wheels", "app")
    listing = project / "requirements.txt"
    listing.write_text("--no-index\n--find-links ../wheels\napp\n")
    with pytest.raises(PackagingFailed, match=r"app\.py has the name of a required package"):
        build_lambda_zip(plan_of(project, requirements=listing), tmp_path / "a.zip")


def test_targets_are_checked() -> None:
    assert Target("3.12", "x86_64").runtime == "python3.12"
    for python, arch, part in (("3.9", "arm64", "--python 3.9"), ("4", "arm64", "--python"), ("3.13", "x86", "--arch")):
        with pytest.raises(PackagingFailed, match=part):
            Target(python, arch)
    assert Target.local().runtime == f"python{sys.version_info.major}.{sys.version_info.minor}"
