"""What the documents say is true: their commands run, their examples come out as printed, the files they name are there.

Of a page's blocks ```` ```sh ```` is run line by line in an empty folder and ```` ```sh skip ```` is not; `# exit code 1` at the end of a
line expects that code. ```` ```yaml file=NAME ```` is written into the folder, ```` ```python ```` is run in its turn, and
```` ```text output ```` is what the last command said. All blocks of a page share the folder and what it exports.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

import pytest

from duban import settings
from duban.settings.channels import KINDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "README.zh-CN.md")
DOCUMENTS = (*PAGES, "CHANGELOG.md", "docs/architecture.md", "docs/glossary.md", "docs/decisions.md")
BLOCK = re.compile(r"^```(?P<kind>\S+) ?(?P<words>.*)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
EXIT = re.compile(r"# exit code (\d)")
EXPORT = re.compile(r"export (\w+)=(\S+)\s*")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
FILE = re.compile(r"`((?:workflow|phases|notifications|storage|duban|tests|docs|deploy|bench)/[\w./-]+\.\w+)`")


@dataclass
class Reader:
    """Somebody who types a page's commands, one after the other, in a folder of his own."""

    folder: Path
    said: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{ours.get('PATH', '')}"
        self.environment = ours | {"PATH": path, "COLUMNS": "100", "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}

    def follow(self, kind: str, words: str, text: str) -> None:
        if words.startswith("file="):
            (self.folder / words.removeprefix("file=")).write_text(text, encoding="utf-8")
        elif kind == "sh" and words != "skip":
            for line in filter(str.strip, text.splitlines()):
                self.type(line)
        elif kind == "python":
            self.run([sys.executable, "-c", text], expected=0)
        elif words == "output":
            for line in text.splitlines():
                assert _spaceless(line) in _spaceless(self.said), f"{line}\nis not in\n{self.said}"

    def type(self, line: str) -> None:
        if made := EXPORT.fullmatch(line.partition(" #")[0]):
            self.environment[made[1]] = made[2]
            return
        expected = EXIT.search(line)
        self.run(["bash", "-c", line], expected=int(expected[1]) if expected else 0)

    def run(self, command: list[str], *, expected: int) -> None:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, encoding="utf-8", timeout=200
        )
        self.said = done.stdout + done.stderr
        assert done.returncode == expected, f"{command[-1]}\nexit code {done.returncode}\n{self.said}"


@pytest.mark.timeout(900)  # some forty commands, a process each, and a whole demo
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_runs_and_says_what_the_page_says(page: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path)

    for kind, words, text in _blocks(page):
        reader.follow(kind, words, text)

    assert list(tmp_path.rglob("*.messages/*.json")), "the page's runs told nobody anything"


def test_a_page_whose_command_fails_is_found_out(tmp_path: Path) -> None:
    reader = Reader(tmp_path)

    with pytest.raises(AssertionError, match="exit code 2"):
        reader.type("duban status --no-such-option")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_is_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = [ROOT / name for name in FILE.findall(text)] + [(ROOT / document).parent / name for name in LINK.findall(text)]

    missing = [str(path) for path in named if not path.exists()]

    assert named
    assert not missing


def test_the_picture_of_the_demo_fetches_nothing() -> None:
    picture = (ROOT / "docs/images/demo.svg").read_text(encoding="utf-8")

    addresses = set(re.findall(r"https?://[^\s\"')]+", picture))

    assert "党支部" in picture.replace("</text>", "")
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_the_settings_in_deploy_name_every_setting_there_is(tmp_path: Path) -> None:
    template = (ROOT / "deploy/duban.toml").read_text(encoding="utf-8")
    filled = re.sub(r"^#(?=[\w\"\[])", "", template, flags=re.MULTILINE)
    (tmp_path / "duban.toml").write_text(filled, encoding="utf-8")

    found = settings.load(tmp_path, environment={})

    named = {(section, key) for section, keys in tomllib.loads(filled).items() for key in keys if section != "channels"}
    assert named == {(section, key) for section, keys in settings.KNOWN.items() for key in keys}
    assert {channel.kind for channel in found.channels} == set(KINDS)
    assert _unset(found, settings.Settings()) == set()
    assert _unset(found.smtp, settings.Smtp()) == {"timeout"}  # its usual value is what one would write


def test_the_crontab_in_deploy_runs_what_the_program_has() -> None:
    lines = (ROOT / "deploy/crontab").read_text(encoding="utf-8").splitlines()

    verbs = {verb for line in lines if not line.startswith("#") for verb in re.findall(r"duban ([a-z]+)", line)}

    assert verbs == {"escalate", "doctor"}
    for verb in sorted(verbs):
        subprocess.run([sys.executable, "-m", "duban", verb, "--help"], check=True, capture_output=True)


def _unset(found: object, default: object) -> set[str]:
    """Names of settings that a file left as they were."""
    return {each.name for each in fields(found) if getattr(found, each.name) == getattr(default, each.name)}  # type: ignore[arg-type]


def _blocks(page: str) -> Iterator[tuple[str, str, str]]:
    for found in BLOCK.finditer((ROOT / page).read_text(encoding="utf-8")):
        yield found["kind"], found["words"].strip(), found["text"]


def _spaceless(text: str) -> str:
    """Terminals break lines wherever they end: what is said does not depend on it."""
    return re.sub(r"\s", "", text)
