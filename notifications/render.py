"""How does a letter become a subject, a text, a page of HTML, and the short forms of robots and text messages?

An office may put its own file in place of each template, and one for letters of one kind beside it (`letter.chase.txt.j2`). The kind
of a letter is that of its highest line: one 提请 among ten 催办 makes it `ask`, for its reader is asked to decide; `review` is a letter
about nothing but submissions to review.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from notifications import short
from notifications.digest import digest, kind_of
from notifications.forms import Blocks, lookalike, pieces
from notifications.letter import Letter, RungKind
from notifications.preview import awkward, examples
from notifications.voice import DECISION_PAPER, harsh_words, missing_words, one_line
from workflow.errors import FileError, Problem

if TYPE_CHECKING:
    from notifications.environment import Source

NAME = "工作提示"
SUBJECT, TEXT, HTML, WORDING = "subject.j2", "letter.txt.j2", "letter.html.j2", "wording.j2"
ROBOT, SMS = "robot.md.j2", "sms.txt.j2"
FILES = (SUBJECT, TEXT, HTML, ROBOT, SMS, WORDING)
KINDS: tuple[RungKind, ...] = get_args(RungKind)
LONGEST_FRAME = 1200
"""Bytes of a robot's message without any item: the shortest limit is 2048, and a long contact or link must fit in too."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One message, ready to store. `item_count` is the number of duties it tells of, shown or only counted; `template_version`
    names the exact wording (12 hex digits of its SHA-256). `blocks` is the form for a group's robot, `facts` are what a text message
    may be filled with."""

    subject: str
    text: str
    html: str
    item_count: int
    template: str
    template_version: str
    blocks: Blocks | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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
        kind = kind_of(letter)
        try:
            return self._rendered(letter, kind)
        except Exception as error:  # the office writes templates: whatever they raise belongs to a line of theirs
            raise TemplateProblem([self._explained(error, kind)]) from error

    def _rendered(self, letter: Letter, kind: RungKind) -> Rendered:
        shown = digest(letter)
        subject, text, html, facts = (self._compiled.render(self._file(n, kind), shown) for n in (SUBJECT, TEXT, HTML, SMS))
        robot = self._file(ROBOT, kind)
        return Rendered(
            subject=one_line(subject),
            text=text.strip() + "\n",
            html=html.strip() + "\n",
            item_count=letter.item_count,
            template=NAME,
            template_version=self.version,
            blocks=short.blocks(partial(self._compiled.say, robot), short.public(shown)),
            facts=short.facts(facts),
        )

    def _file(self, name: str, kind: RungKind) -> str:
        own = of_kind(name, kind)
        return own if own in self._sources else name

    def _explained(self, error: Exception, kind: RungKind) -> Problem:
        if isinstance(error, short.NoFact):
            return Problem(text=str(error), path=self._sources[self._file(SMS, kind)].place)
        return self._compiled.explained(error)

    def _try_out(self) -> list[Problem]:
        problems: list[Problem] = []
        for name, letter in examples().items():
            try:
                problems += self._voice_problems(name, letter, self.render(letter))
            except TemplateProblem as found:
                problems += found.problems
        return problems or list(self._escape_problems())

    def _voice_problems(self, name: str, letter: Letter, rendered: Rendered) -> Iterable[Problem]:
        kind = kind_of(letter)
        robot = lookalike("\n".join(pieces(rendered.blocks, len(rendered.blocks.items)))) if rendered.blocks else ""
        facts = "\n".join(rendered.facts.values())
        for base, said in (
            (SUBJECT, rendered.subject),
            (TEXT, rendered.text),
            (HTML, rendered.html),
            (ROBOT, robot),
            (SMS, facts),
        ):
            file = self._file(base, kind)
            for word in harsh_words(said, may_name_paper=bool(letter.ask) and base in (TEXT, HTML)):
                place, line = self._place_of(word, file, base)
                yield Problem(text=f"工作提示里不能有“{word}”（示例“{name}”），请换个说法", path=place, line=line)
            for words in missing_words(said) if base not in (SUBJECT, SMS) else ():
                text = f"每份工作提示都要有“{words}”（示例“{name}”没有），请补上"
                yield Problem(text=text, path=self._sources[file].place)
        if rendered.blocks and len("\n".join(pieces(rendered.blocks, 0)).encode()) > LONGEST_FRAME:
            text = f"head、more 和 foot 合起来超过{LONGEST_FRAME}字节（示例“{name}”），请写短些"
            yield Problem(text=text, path=self._sources[self._file(ROBOT, kind)].place)

    def _escape_problems(self) -> Iterable[Problem]:
        for kind in KINDS:
            letter = awkward(kind)
            html, file = self.render(letter).html, self._file(HTML, kind)
            if any("<" in line.unit and line.unit in html for line in (*letter.below, *letter.ask, *letter.review)):
                text = "单位名称里的 < 和 & 没有转义，请删去 safe 之类的过滤器"
                yield Problem(text=text, path=self._sources[file].place)

    def _place_of(self, word: str, file: str, base: str) -> tuple[str, int | None]:
        for source in (self._sources[file], self._sources[WORDING]):
            for number, line in enumerate(source.text.splitlines(), start=1):
                if word in (line if base == SUBJECT else line.replace(DECISION_PAPER, "")):
                    return source.place, number
        return self._sources[file].place, None


def of_kind(name: str, kind: str) -> str:
    """The template for letters of one kind: `letter.chase.txt.j2` beside `letter.txt.j2`."""
    stem, _, rest = name.partition(".")
    return f"{stem}.{kind}.{rest}"


PERMITTED = (*FILES, *(of_kind(name, kind) for name in FILES if name != WORDING for kind in KINDS))
"""Every file an office may write. The wording is one for all kinds: the others import it."""


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
        if path.name not in PERMITTED:
            text = f"没有叫这个名字的模板；可以替换的有 {'、'.join(FILES)}，各步另有的有 {'、'.join(PERMITTED[len(FILES) :])}"
            problems.append(Problem(text=text, path=str(path)))
            continue
        try:
            found[path.name] = Source(place=str(path), text=path.read_text("utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(text=f"读不出来（{error}），请存成 UTF-8 文本", path=str(path)))
    return found, problems


def _version(sources: dict[str, Source]) -> str:
    whole = "\0".join(f"{name}\0{sources[name].text}" for name in sorted(sources))
    return hashlib.sha256(whole.encode()).hexdigest()[:12]
