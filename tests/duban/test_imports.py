"""What is loaded for what: `duban --help` only Typer and Rich, `import duban` nothing of a database's or a web server's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOMS = {"duban", "workflow", "phases", "notifications", "storage"}
LOADED = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)"


def loaded(code: str) -> set[str]:
    """The top names of every module that a fresh interpreter has loaded after running some code, beyond what it starts with."""
    return _names(code) - _names("pass")


def _names(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", f"{code}\n{LOADED}"], capture_output=True, check=True)
    return set(json.loads(done.stderr))


def brought_by(*names: str) -> set[str]:
    """The modules of some distributions and of what they require themselves."""
    wanted, known = list(names), set[str]()
    while wanted:
        name = wanted.pop().lower().replace("_", "-")
        if name in known:
            continue
        known.add(name)
        asked = [Requirement(words) for words in distribution(name).requires or ()]
        wanted += [r.name for r in asked if r.marker is None or r.marker.evaluate({"extra": ""})]
    return {module for module, of in packages_distributions().items() if known & {d.lower().replace("_", "-") for d in of}}


def third_party(modules: set[str]) -> set[str]:
    installed = set(packages_distributions())
    return {name for name in modules if name in installed and name not in sys.stdlib_module_names} - ROOMS


HELP = "import sys; sys.argv = ['duban', '--help']\nfrom duban.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass"


def test_help_loads_no_third_party_package_but_typer_s_and_rich_s() -> None:
    modules = loaded(HELP)

    assert third_party(modules) - brought_by("typer", "rich") == set()
    assert "typer" in modules


@pytest.mark.parametrize("verb", ["status", "submit", "units"])
def test_help_of_a_verb_loads_no_more(verb: str) -> None:
    modules = loaded(HELP.replace("'--help'", f"'{verb}', '--help'"))

    assert third_party(modules) - brought_by("typer", "rich") == set()


def test_importing_duban_loads_no_third_party_package_at_all() -> None:
    modules = loaded("import duban")

    assert third_party(modules) == set()


def test_the_engine_loads_neither_a_web_framework_nor_migrations_nor_the_command() -> None:
    modules = loaded("from duban import Engine, Refused")

    assert "sqlalchemy" in modules
    assert modules & {"fastapi", "starlette", "alembic", "apscheduler", "typer", "rich"} == set()


def test_a_stranger_s_package_in_the_place_of_a_room_is_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "__init__.py").write_text("")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "DUBAN_DATABASE_URL": "sqlite:///a.db"}

    done = subprocess.run(
        [sys.executable, "-m", "duban", "status"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (3, "")
    assert "“storage”被另一个同名的包挡住了" in done.stderr
    assert len(done.stderr.splitlines()) == 1
