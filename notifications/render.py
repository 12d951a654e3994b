"""How does a letter become a subject, a text and a page of HTML?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notifications.digest import digest
from notifications.letter import Letter
from notifications.preview import awkward, examples
from notifications.voice import DECISION_PAPER, harsh_words, missing_words, one_line
from workflow.errors import FileError, Problem

if TYPE_CHECKING:
    from notifications.environment import Source

NAME = "工作提示"
SUBJECT, TEXT, HTML, WORDING = "subject.j2", "letter.txt.j2", "letter.html.j2", "wording.j2"
FILES = (SUBJECT, TEXT, HTML, WORDING)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One message, ready to store. `item_count` is the number of duties it tells of, shown or only counted; `template_version`
    names the exact wording (12 hex digits of its SHA-256)."""

    subject: str
    text: str
    html: str
    item_count: int
    template: str
    template_version: str


class TemplateProblem(FileError):
    """A template that is wrong; `problems` name file (`path`) and line. At loading all of them, at rendering the one met."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("消息模板", problems)
        self.code = "bad-template"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


class Templates:
    """A checked set of templates: ours, each of which a file of the same name in `override` replaces.

    Loading compiles them all, renders every example letter and holds the result against the voice.
    Raises `TemplateProblem` with everything that is wrong.
    """

    def __init__(self, override: Path | None = None) -> None:
        from notifications.environment import Compiled  # jinja2 costs 0.1 s; a command that writes no letter does not pay it

        self._sources, problems = _sources(override)
        self._compiled = Compiled(self._sources)
        self.version = _version(self._sources)
        problems += self._compiled.check()
        problems = problems or self._try_out()
        if problems:
            raise TemplateProblem(dict.fromkeys(problems))

    def render(self, letter: Letter) -> Rendered:
        """The message for `letter`. Raises `TemplateProblem` if a template fails, `ValueError` if there is nothing to tell."""
        if not letter.item_count:
            raise ValueError(f"a letter to {letter.recipient} without a single line")
        shown = digest(letter)
        try:
            subject, text, html = (self._compiled.render(name, shown) for name in (SUBJECT, TEXT, HTML))
        except Exception as error:  # the office writes templates: whatever they raise belongs to a line of theirs
            raise TemplateProblem([self._compiled.explained(error)]) from error
        return Rendered(
            subject=one_line(subject),
            text=text.strip() + "\n",
            html=html.strip() + "\n",
            item_count=letter.item_count,
            template=NAME,
            template_version=self.version,
        )

    def _try_out(self) -> list[Problem]:
        problems: list[Problem] = []
        for name, letter in examples().items():
            try:
                problems += self._voice_problems(name, letter, self.render(letter))
            except TemplateProblem as found:
                problems += found.problems
        return problems or list(self._escape_problems())

    def _voice_problems(self, name: str, letter: Letter, rendered: Rendered) -> Iterable[Problem]:
        for file, said in ((SUBJECT, rendered.subject), (TEXT, rendered.text), (HTML, rendered.html)):
            for word in harsh_words(said, may_name_paper=bool(letter.ask) and file != SUBJECT):
                place, line = self._place_of(word, file)
                yield Problem(text=f"工作提示里不能有“{word}”（示例“{name}”），请换个说法", path=place, line=line)
            for words in missing_words(said) if file != SUBJECT else ():
                text = f"每份工作提示都要有“{words}”（示例“{name}”没有），请补上"
                yield Problem(text=text, path=self._sources[file].place)

    def _escape_problems(self) -> Iterable[Problem]:
        letter = awkward()
        rendered = self.render(letter)
        if any("<" in line.unit and line.unit in rendered.html for line in letter.below):
            text = "单位名称里的 < 和 & 没有转义，请删去 safe 之类的过滤器"
            yield Problem(text=text, path=self._sources[HTML].place)

    def _place_of(self, word: str, file: str) -> tuple[str, int | None]:
        for source in (self._sources[file], self._sources[WORDING]):
            for number, line in enumerate(source.text.splitlines(), start=1):
                if word in (line if file == SUBJECT else line.replace(DECISION_PAPER, "")):
                    return source.place, number
        return self._sources[file].place, None


def render(letter: Letter) -> Rendered:
    """The message for `letter` in our own wording."""
    return _ours().render(letter)


@cache
def _ours() -> Templates:
    return Templates()


def _sources(override: Path | None) -> tuple[dict[str, Source], list[Problem]]:
    from notifications.environment import Source

    ours = resources.files("notifications") / "templates"
    found = {n: Source(place=f"notifications/templates/{n}", text=(ours / n).read_text("utf-8")) for n in FILES}
    if override is None:
        return found, []
    if not override.is_dir():
        return found, [Problem(text="没有这个文件夹，请改正模板文件夹的设置", path=str(override))]
    problems: list[Problem] = []
    for path in sorted(override.glob("*.j2")):
        if path.name not in FILES:
            problems.append(Problem(text=f"没有叫这个名字的模板；可以替换的有 {'、'.join(FILES)}", path=str(path)))
            continue
        try:
            found[path.name] = Source(place=str(path), text=path.read_text("utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(text=f"读不出来（{error}），请存成 UTF-8 文本", path=str(path)))
    return found, problems


def _version(sources: dict[str, Source]) -> str:
    whole = "\0".join(f"{name}\0{sources[name].text}" for name in sorted(sources))
    return hashlib.sha256(whole.encode()).hexdigest()[:12]
