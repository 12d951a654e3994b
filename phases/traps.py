"""YAML's traps for people who write Chinese: found in the lines of a definition, named in Chinese, mended where that is plain.

Full-width colons, brackets, commas and dashes, a colon without a blank, tabs, full-width blanks: each is reported with its line
and put right in the copy that is then parsed, so that everything behind it is read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from workflow.errors import Problem

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
BRACKETS = {"［": ("[", "］", "]"), "【": ("[", "】", "]"), "｛": ("{", "｝", "}")}


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A place YAML cannot read: `line` is where a person should look, `at` how far the parser came (both 1-based)."""

    line: int
    at: int
    text: str

    def repairs(self, line: str, lines: list[str]) -> Iterator[str]:
        """Simple changes of the line that might make it readable, likeliest first."""
        body = line.lstrip()
        indent, dash = line[: len(line) - len(body)], "- " if body.startswith("- ") else ""
        head, colon, rest = body[len(dash) :].partition(":")
        if body.strip() == "---":
            yield ""
        yield from _closed(line)
        if colon and rest.strip():
            quoted = rest.strip().strip("\"'").replace("'", "''")
            yield f"{indent}{dash}{head}: '{quoted}'"
        if "：" in body:
            yield indent + body.replace("：", ": ", 1)
        for width in _indents(lines[: self.line - 1]):
            yield " " * width + body


def mend(text: str, keys: frozenset[str]) -> tuple[list[str], list[Problem]]:
    """The lines of the text with the plain traps put right, and a problem for each."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    problems: list[Problem] = []
    mender = _Mender(keys)
    block: int | None = None
    for at, line in enumerate(lines):
        if CONTROL.search(line):
            problems.append(Problem(text="有看不见的控制字符；请删去这一行重新输入", line=at + 1))
            lines[at] = line = CONTROL.sub("", line)
        indent = len(line) - len(line.lstrip())
        if block is not None and (not line.strip() or indent > block):
            continue  # inside a block of text: every character is meant
        block = indent if re.search(r"(?:^|[:-])\s*[|>][-+\d]*\s*(#.*)?$", line) else None
        if line.lstrip().startswith("#"):
            continue
        lines[at], hints = mender.mend(line)
        problems += [Problem(text=hint, line=at + 1) for hint in hints]
    return lines, problems


class _Mender:
    """Mends one line; knows the keys, because only before a key's colon is a full-width colon surely wrong."""

    def __init__(self, keys: frozenset[str]) -> None:
        known = "|".join(sorted(map(re.escape, keys), key=len, reverse=True))
        self._dash = re.compile(r"^(\s*)(?:[－—–―・•·]\s*|-(?=(?:" + known + r")\s*[:：]))(?=\S)")
        self._key = re.compile(r"^(\s*(?:-\s+)?)(" + known + r")\s*(：[\s　]*|:(?=[^ ])[　]*)")
        self._inner = re.compile(r"([{｛,，、])\s*(" + known + r")\s*([:：])[ 　]*")

    def mend(self, line: str) -> tuple[str, list[str]]:
        hints: list[str] = []
        for step in (self._indent, self._dashes, self._colon, self._brackets, self._inside):
            line = step(line, hints)
        return line, hints

    def _indent(self, line: str, hints: list[str]) -> str:
        blank = line[: len(line) - len(line.lstrip())]
        tab = "\t" in line.partition("#")[0]
        if not line.strip() or not (blank.strip(" ") or tab):
            return line
        odd = "制表符（Tab）" if tab else "全角空格"
        hints.append(f"{'行首' if blank.strip(' ') else '行中'}用了{odd}；请改成半角空格，每级两个")
        blank = blank.replace("\t", "  ").replace("　", "  ").replace("\xa0", " ")
        return blank + line.lstrip().replace("\t", "  ")

    def _dashes(self, line: str, hints: list[str]) -> str:
        if not (m := self._dash.match(line)):
            return line
        mark = m[0].strip() or "-"
        hints.append("短横后面要有一个空格：“- ”" if mark == "-" else f"行首的“{mark}”应是半角短横加空格：“- ”")
        return f"{m[1]}- {line[m.end() :]}"

    def _colon(self, line: str, hints: list[str]) -> str:
        if not (m := self._key.match(line)):
            return line
        full = "：" in m[3]
        hints.append(
            f"“{m[2]}”后面是全角冒号“：”；请改成半角冒号加空格“: ”（若整句是一项内容，请加引号）"
            if full
            else f"“{m[2]}:”的冒号后面要有一个半角空格"
        )
        return f"{m[1]}{m[2]}: {line[m.end() :]}"

    def _brackets(self, line: str, hints: list[str]) -> str:
        head, colon, rest = line.partition(": ")
        opening = rest.lstrip()[:1]
        if not colon or opening not in BRACKETS:
            return line
        left, closing, right = BRACKETS[opening]
        value, comment = _without_comment(rest.strip())
        if not value.endswith((closing, right)):
            return line
        hints.append(f"用了全角括号“{opening}{closing}”；请改成半角“{left}{right}”")
        inner = re.sub("[，、]", ", ", value[1:-1]) if left == "[" else value[1:-1]
        return f"{head}: {left}{inner}{right}{comment}"

    def _inside(self, line: str, hints: list[str]) -> str:
        if "{" not in line and "｛" not in line:
            return line
        bad: list[str] = []

        def mended(m: re.Match[str]) -> str:
            if m[1] in "，、" or m[3] == "：" or m[1] == "｛" or not m[0].endswith(" "):
                bad.append(m[0].strip())
            return f"{'{' if m[1] in '{｛' else ','} {m[2]}: ".replace("{ ", "{")

        start = min(at for at in (line.find("{"), line.find("｛")) if at >= 0)
        changed = line[:start] + self._inner.sub(mended, line[start:]).replace("｝", "}")
        if not bad and "｝" not in line:
            return line
        odd = bad[0] if bad else "｝"
        hints.append(f"花括号里用了全角的标点，或冒号后少了空格（“{odd}”）；请写成 {{名称: 内容, 名称: 内容}}")
        return changed


def explain(error: YAMLError, lines: list[str]) -> Broken:
    """What a parser's complaint means to the person who wrote the line."""
    if not isinstance(error, MarkedYAMLError):
        return Broken(line=1, at=1, text="这个文件不是文字，或编码有误；请另存为 UTF-8 的文本")
    problem = error.problem or ""
    at = min(error.problem_mark.line if error.problem_mark else 0, len(lines) - 1)
    begun = error.context_mark.line if error.context_mark else at
    for part, at_beginning, text in COMPLAINTS:
        if part in problem or part in (error.context or ""):
            line = begun if at_beginning else at
            return Broken(line=_written(lines, line), at=at + 1, text=text)
    return Broken(line=_written(lines, at), at=at + 1, text="这里看不懂；请检查冒号后的空格、引号、括号是否成对、缩进是否对齐")


# (part of the parser's complaint, look where the thing began rather than where it broke, what to tell)
COMPLAINTS = (
    (
        "mapping values are not allowed",
        False,
        "这里多出一个“: ”，或缩进没有对齐；内容里有冒号请把整句加引号，同级的名称要左对齐",
    ),
    ("could not find expected ':'", True, "这一行没有半角冒号“: ”；请检查是不是用了全角冒号“：”，或少写了名称"),
    ("while scanning a quoted scalar", True, "引号没有成对；请补上另一个引号，或把引号去掉"),
    ("while parsing a flow sequence", True, "方括号没有成对，或里面的逗号、冒号有误；请写成 [甲, 乙]"),
    ("while parsing a flow mapping", True, "花括号没有成对，或里面的逗号、冒号有误；请写成 {名称: 内容, 名称: 内容}"),
    ("that cannot start any token", False, "这一行有不能直接开头的符号（Tab、@、%、` 等）；请把内容加引号，缩进只用空格"),
    ("undefined alias", False, "以 * 开头的内容会被当成引用；请加引号"),
    ("while scanning an alias", False, "以 * 开头的内容会被当成引用；请加引号"),
    ("while scanning an anchor", False, "以 & 开头的内容会被当成记号；请加引号"),
    ("duplicate anchor", False, "以 & 开头的内容会被当成记号；请加引号"),
    ("could not determine a constructor", False, "以 ! 开头的内容会被当成类型；请加引号"),
    ("handle", False, "以 ! 开头的内容会被当成类型；请加引号"),
    ("but found another document", False, "文件中间有“---”，被当成了第二个文件；请删去"),
    ("block scalar", False, "以 | 或 > 开头的内容会被当成多行文字；请加引号"),
    ("<block end>", False, "缩进没有对齐，或引号后面还有字；同级的“- ”和名称要左对齐，有引号的内容要整句括起来"),
)


def _written(lines: list[str], at: int) -> int:
    """The line itself, or the last one above that has something on it (a parser often notices one line late)."""
    while at > 0 and not lines[at].strip():
        at -= 1
    return at + 1


def _indents(above: list[str]) -> list[int]:
    """The widths at which a line could stand under the nearest lines above, nearest first."""
    widths: list[int] = []
    for line in [line for line in reversed(above) if line.strip()][:12]:
        body = line.lstrip()
        width = len(line) - len(body)
        # What belongs to an item stands under its first word, not under its dash.
        widths += [width + 2, width] if body.startswith("- ") else [width]
    return list(dict.fromkeys(widths))


def _closed(line: str) -> Iterator[str]:
    """The line with the bracket or quotation mark that it lacks."""
    for opening, closing in ("[]", "{}"):
        if line.count(opening) > line.count(closing):
            yield line.rstrip() + closing
    for mark in "\"'":
        if line.count(mark) % 2:
            yield line.rstrip() + mark


def _without_comment(value: str) -> tuple[str, str]:
    m = re.search(r"\s+#.*$", value)
    return (value[: m.start()], value[m.start() :]) if m else (value, "")
