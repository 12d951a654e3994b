"""Which units and posts a workbook holds, and every row of it that is bad."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from duban.workbook import cells
from duban.workbook.cells import Cell, Unreadable, is_empty
from duban.workbook.headers import Headers, find_headers
from duban.workbook.identity import persons
from duban.workbook.rows import POST_COLUMNS, POSTS, UNIT_COLUMNS, UNITS, Column, PostRow, UnitRow, UnitsFile
from duban.workbook.sheets import Sheet, open_sheets
from duban.workbook.tree import BadRow, Tree, check_tree
from workflow.errors import Problem

T = TypeVar("T")


def read_units(files: Mapping[str, bytes]) -> UnitsFile:
    """Units and posts of `files` ({file name: content}): one workbook, or units.csv and posts.csv.

    Never raises for bad content: whatever is wrong is in `problems`, with sheet, row and remedy.
    """
    sheets = open_sheets(files)
    found = _Findings(problems=list(sheets.problems))
    unit_lines = _lines(sheets.units, UNIT_COLUMNS, found)
    posts = _read_posts(_lines(sheets.posts, POST_COLUMNS, found) or (), found)
    tree = check_tree(*_read_units(unit_lines or (), found))
    if unit_lines is not None:
        # Without legible units every post would be blamed for its unit.
        found.add(problems=tree.problems, left_out=tree.left_out, warnings=tree.warnings)
        posts = _in_the_tree(posts, tree, found)
    posts = _once_each(posts, found)
    people = persons(posts)
    found.add(problems=people.problems, warnings=people.warnings)
    sound = {row.line for person in people.people for row in person.posts}
    return UnitsFile(
        units=tree.units,
        posts=tuple(row for row in posts if row.line in sound),
        problems=_in_order(found.problems),
        left_out=_in_order(found.left_out),
        warnings=_in_order(found.warnings),
    )


@dataclass
class _Findings:
    """What has been found wrong so far: the reading goes on to the end."""

    problems: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, problems: Iterable[Problem] = (), left_out: Iterable[Problem] = (), warnings: Iterable[Problem] = ()) -> None:
        self.problems.extend(problems)
        self.left_out.extend(left_out)
        self.warnings.extend(warnings)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """One row being read. `take` reads one cell; what cannot be read is a problem and yields None."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]
    headers: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return not is_empty(self.cells.get(name, ""))

    def take(self, name: str, read: Callable[[Cell], T]) -> T | None:
        if not self.has(name):
            return None
        try:
            return read(self.cells[name])
        except Unreadable as error:
            self.blame(name, str(error))
            return None

    def need(self, name: str, read: Callable[[Cell], T]) -> T | None:
        if not self.has(name):
            self.blame(name, f"没有填{self.headers[name]}；请补填，或删去这一行")
        return self.take(name, read)

    def blame(self, name: str, text: str) -> None:
        self.problems.append(Problem(line=self.number, path=f"{self.sheet}!{self.headers[name]}", text=text))


def _lines(sheet: Sheet | None, columns: tuple[Column, ...], found: _Findings) -> list[_Line] | None:
    """Rows below the headers that have anything in them; None if there are no headers to read them by."""
    headers = find_headers(sheet, columns) if sheet else None
    if sheet is None or headers is None:
        return None
    if isinstance(headers, Problem):
        found.problems.append(headers)
        return None
    found.warnings.extend(headers.warnings)
    return list(_filled(sheet, headers, {column.field: column.header for column in columns}))


def _filled(sheet: Sheet, headers: Headers, names: Mapping[str, str]) -> Iterator[_Line]:
    for index, row in enumerate(sheet.rows[headers.row + 1 :], start=headers.row + 2):
        values = {name: row[place] for name, place in headers.places.items() if place < len(row)}
        if not all(is_empty(value) for value in values.values()):
            yield _Line(sheet=sheet.name, number=index, cells=values, headers=names)


def _read_units(lines: Iterable[_Line], found: _Findings) -> tuple[list[UnitRow], list[BadRow]]:
    units: list[UnitRow] = []
    bad: list[BadRow] = []
    for line in lines:
        row = _unit(line)
        if row is not None:
            units.append(row)
        else:
            found.problems.extend(line.problems)
            bad.extend(_place(line))
    return units, bad


def _place(line: _Line) -> Iterator[BadRow]:
    """Where a bad row stands, if that much can be read. A parent that cannot be read is none of the codes, but not the top."""
    again = replace(line, problems=[])
    code = again.take("code", cells.code)
    if code:
        parent = again.take("parent", cells.code) or "" if line.has("parent") else None
        yield BadRow(code=code, parent=parent, line=line.number)


def _unit(line: _Line) -> UnitRow | None:
    code = line.need("code", cells.code)
    name = line.need("name", cells.words)
    kind = line.need("kind", partial(cells.kind, at_top=not line.has("parent")))
    parent = line.take("parent", cells.code)
    branch_kind = line.take("branch_kind", cells.words)
    members = line.take("members", cells.count)
    grade = line.take("grade", cells.words)
    valid_from = line.take("valid_from", cells.day)
    if line.problems or code is None or name is None or kind is None:
        return None
    return UnitRow(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        branch_kind=branch_kind,
        members=members,
        grade=grade,
        valid_from=valid_from,
        line=line.number,
    )


def _read_posts(lines: Iterable[_Line], found: _Findings) -> list[PostRow]:
    posts: list[PostRow] = []
    for line in lines:
        row = _post(line)
        found.problems.extend(line.problems)
        if row is not None:
            posts.append(row)
    return posts


def _post(line: _Line) -> PostRow | None:
    unit = line.need("unit", cells.code)
    role = line.need("role", cells.words)
    name = line.need("name", cells.words)
    person = line.take("person", cells.code)
    email = line.take("email", cells.email)
    mobile = line.take("mobile", cells.mobile)
    valid_from = line.take("valid_from", cells.day)
    valid_to = line.take("valid_to", cells.day)
    if valid_from and valid_to and valid_to < valid_from:
        line.blame("valid_to", f"止（{valid_to}）早于起（{valid_from}）；请核对两个日期是否填反")
    if line.problems or unit is None or role is None or name is None:
        return None
    return PostRow(
        unit=unit,
        role=role,
        name=name,
        person=person,
        email=email,
        mobile=mobile,
        valid_from=valid_from,
        valid_to=valid_to,
        line=line.number,
    )


def _in_the_tree(posts: Iterable[PostRow], tree: Tree, found: _Findings) -> list[PostRow]:
    """Posts of units that can be imported; the others are problems, or left out with their unit."""
    known = {row.code for row in tree.units}
    index = cells.without_zeros((*known, *tree.lost))
    kept: list[PostRow] = []
    for row in posts:
        path = f"{POSTS}!单位编号"
        if row.unit in known:
            kept.append(row)
        elif row.unit in tree.lost:
            text = f"单位「{row.unit}」（{UNITS}表第{tree.lost[row.unit]}行）没有读入，{row.name}的任职也就没有读入"
            found.left_out.append(Problem(line=row.line, path=path, text=text))
        else:
            hint = cells.dropped_zeros(row.unit, index)
            text = f"单位编号「{row.unit}」在{UNITS}表中没有{hint}；请改正编号，或在{UNITS}表补上这个单位"
            found.problems.append(Problem(line=row.line, path=path, text=text))
    return kept


def _once_each(posts: Iterable[PostRow], found: _Findings) -> list[PostRow]:
    first: dict[PostRow, PostRow] = {}
    for row in posts:
        other = first.setdefault(row, row)
        if other is not row:
            text = f"与第{other.line}行完全相同；请删去一行"
            found.problems.append(Problem(line=row.line, path=f"{POSTS}!姓名", text=text))
    return list(first.values())


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The file itself first, then 单位, then 任职, each by row."""
    return tuple(sorted(problems, key=lambda p: (p.line is not None, p.path.startswith(POSTS), p.line or 0)))
