"""How is a Word template filled in, and what is wrong with one that cannot be? Only this module imports docxtpl (0.5 s)."""

from __future__ import annotations

from typing import IO, Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree


class Filling(DocxTemplate):  # type: ignore[misc]
    """docxtpl repairs text that is no longer XML by leaving out the rest of it, without a word: here it is refused."""

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml.encode())
        return super().fix_tables(xml)


class NotWord(Exception):
    """A file that Word did not write."""


def filling(template: IO[bytes]) -> Filling:
    """An opened template. Raises `NotWord`."""
    made = Filling(template)
    try:
        made.init_docx()
    except Exception as error:  # whatever a zip, its parts or their XML may be
        raise NotWord from error
    return made


def environment() -> SandboxedEnvironment:
    """Names nobody gives are errors, and no text gets in unescaped."""
    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    del made.filters["safe"]
    return made


def sentence(error: Exception) -> str:
    """What is wrong with a template, for the office that wrote it."""
    match error:
        case NotWord():
            return "不是可用的 Word 文件：请另存为 .docx 格式"
        case TemplateSyntaxError():
            return f"花括号里的写法有误（{error.message}）{_near(error)}，请对照自带的模板改正"
        case UndefinedError():
            return f"用了没有的名称（{error.message}），可用的名称见自带的模板"
        case SecurityError():
            return f"用了模板里不允许的操作（{error.message}），请删去"
        case etree.XMLSyntaxError():
            return "填好后不成文档：多半是 {%p if %}、{%tr for %} 与它们的 end 没有各占一段、一行，请对照自带的模板改正"
        case _:
            return f"生成不了公文（{type(error).__name__}：{error}），请对照自带的模板改正"


def _near(error: TemplateSyntaxError) -> str:
    """The lines around the place, which docxtpl leaves with the error."""
    lines = [line.strip() for line in getattr(error, "docx_context", ()) if "{" in line]
    return f"，在“{lines[min(len(lines) - 1, 2)][:60]}”附近" if lines else ""
