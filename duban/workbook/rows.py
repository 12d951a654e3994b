"""What one row of 单位 and one row of 任职 can say, and under which headers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflow.errors import Problem
from workflow.model import UnitKind

UNITS = "单位"
POSTS = "任职"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: the field it fills, its Chinese and English header, other headers people use, its width in characters."""

    field: str
    header: str
    english: str
    also: tuple[str, ...] = ()
    required: bool = False
    width: int = 12

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.header, self.english, self.field, *self.also)


UNIT_COLUMNS = (
    Column(field="code", header="编号", english="code", also=("单位编号", "代码"), required=True, width=10),
    Column(field="name", header="名称", english="name", also=("单位名称", "党组织名称"), required=True, width=34),
    Column(field="kind", header="类型", english="kind", also=("单位类型",), required=True, width=16),
    Column(field="parent", header="上级编号", english="parent", also=("上级单位编号",), required=True, width=10),
    Column(field="branch_kind", header="支部类别", english="branch_kind", also=("类别",), width=15),
    Column(field="members", header="党员数", english="members", also=("党员人数",), width=9),
    Column(field="grade", header="起始等次", english="grade", width=10),
    Column(field="valid_from", header="成立", english="from", also=("成立日期", "成立时间"), width=13),
)
POST_COLUMNS = (
    Column(field="unit", header="单位编号", english="unit", also=("编号",), required=True, width=10),
    Column(field="role", header="角色", english="role", also=("职务",), required=True, width=14),
    Column(field="name", header="姓名", english="name", required=True, width=10),
    Column(field="person", header="工号", english="person", also=("学工号", "人员编号"), width=12),
    Column(field="email", header="邮箱", english="email", also=("电子邮箱", "电子邮件", "e-mail"), width=25),
    Column(field="mobile", header="手机", english="mobile", also=("手机号", "手机号码"), width=15),
    Column(field="valid_from", header="起", english="from", also=("任职起", "起始日期"), width=13),
    Column(field="valid_to", header="止", english="to", also=("任职止", "截止日期"), width=13),
)


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """单位: a node of the tree.

    `code` is text (`0307`); `parent` is None for the one unit at the top; `members` counts people; `grade` is the 起始等次
    of a branch; `valid_from` None means always. `line` is its row in the file, no part of what it says.
    """

    code: str
    name: str
    kind: UnitKind
    parent: str | None = None
    branch_kind: str | None = None
    members: int | None = None
    grade: str | None = None
    valid_from: date | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class PostRow:
    """任职: a person in a role in a unit.

    `person` is the 工号; `valid_from` None means always; `valid_to` is the last day, None means open. `line` is its row in
    the file, no part of what it says.
    """

    unit: str
    role: str
    name: str
    person: str | None = None
    email: str | None = None
    mobile: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class UnitsFile:
    """A workbook as read.

    `problems` are all bad rows, and what is wrong with the file itself (without a line). `units` and `posts` are the rows
    that can be imported without the bad ones; `left_out` are rows that are right themselves but need a bad one (a branch
    under it, a post in it). `warnings` change nothing.
    """

    units: tuple[UnitRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def is_unreadable(self) -> bool:
        """Something is wrong with the file as a whole: skipping bad rows does not help."""
        return any(problem.line is None for problem in self.problems)
