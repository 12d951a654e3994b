"""How are templates compiled in a sandbox, and in which line is one wrong?

Only this module imports jinja2; `render` imports it when the first template is loaded.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from notifications.digest import Digest
from notifications.short import MACROS
from workflow.errors import Problem

GIVEN = "letter"  # the one name every template gets


@dataclass(frozen=True, kw_only=True)
class Source:
    """The text of one template; `place` is what an error calls it: a path, or the name of one of ours."""

    place: str
    text: str


class Compiled:
    """A set of templates that import each other. Names ending in `.html.j2` are escaped, with everything they import."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        # Two environments, as a macro compiled without escaping but called from HTML would pass for safe.
        self._plain = _environment(sources, escape=False)
        self._html = _environment(sources, escape=True)

    def check(self) -> list[Problem]:
        """Templates that do not compile, and names nobody gives them, wherever they stand."""
        return [problem for name, source in self._sources.items() for problem in self._check(name, source)]

    def render(self, name: str, letter: Digest) -> str:
        """The text of `letter` by one template. Whatever goes wrong is what jinja2 or Python raised; see `explained`."""
        environment = self._html if name.endswith(".html.j2") else self._plain
        return environment.get_template(name).render({GIVEN: letter})

    def say(self, name: str, macro: str, *given: object) -> str:
        """What one macro of a template makes of `given`. Raises as `render` does."""
        return str(getattr(self._plain.get_template(name).module, macro)(*given))

    def explained(self, error: Exception) -> Problem:
        """Where in which template `error` came from, and what to do about it."""
        place, line = self._where(error)
        return Problem(text=_sentence(error), path=place, line=line)

    def _check(self, name: str, source: Source) -> Iterable[Problem]:
        try:
            tree = self._plain.parse(source.text, filename=source.place)
            self._plain.compile(tree, filename=source.place)
        except TemplateSyntaxError as error:
            yield Problem(text=_sentence(error), path=source.place, line=error.lineno)
            return
        # find_undeclared_variables also reports a name set in only one branch: rendering the examples is the test for those.
        set_here = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
        unknown = meta.find_undeclared_variables(tree) - {GIVEN} - set_here - set(self._plain.globals)
        for word in sorted(unknown):
            line = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == word), None)
            text = f"没有“{word}”这个名称；模板里只有 {GIVEN}，它有哪些内容见自带的模板"
            yield Problem(text=text, path=source.place, line=line)
        missing = set(MACROS) - {node.name for node in tree.find_all(nodes.Macro)} if name.startswith("robot.") else set()
        if missing:
            text = f"少了 {'、'.join(macro for macro in MACROS if macro in missing)} 这几段（macro），请对照自带的模板补上"
            yield Problem(text=text, path=source.place)

    def _where(self, error: Exception) -> tuple[str, int | None]:
        if isinstance(error, TemplateSyntaxError):
            return error.filename or error.name or "", error.lineno
        places = {source.place for source in self._sources.values()}
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in places]
        return (frames[-1].filename, frames[-1].lineno) if frames else ("", None)


def _environment(sources: Mapping[str, Source], *, escape: bool) -> SandboxedEnvironment:
    def load(name: str) -> tuple[str, str, None] | None:
        source = sources.get(name)
        return (source.text, source.place, None) if source else None

    return SandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=escape,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _sentence(error: Exception) -> str:
    match error:
        case TemplateSyntaxError():
            return f"模板的写法有误（{error.message}），请对照自带的模板改正"
        case UndefinedError():
            return f"用了没有的名称（{error.message}），可用的名称见自带的模板"
        case SecurityError():
            return f"用了模板里不允许的操作（{error.message}），请删去"
        case TemplateNotFound():
            return f"引用了没有的模板“{error.name}”，请改成自带模板的文件名"
        case _:
            return f"这一行生成不了文字（{type(error).__name__}：{error}），请对照自带的模板改正"
