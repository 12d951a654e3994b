"""The command as a person at a shell meets it: words in; exit code, stdout and stderr out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner
from world import definition

from duban.cli import app

COMMAND = get_command(app)
"""Built once: `CliRunner.invoke` would build it anew for every command, which takes longer than the command."""

PLAN = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月20日前}
  - {名称: 换届, 时间: 3月23日-4月30日}
任务:
  - {事项: 自查表, 谁办: 党支部, 阶段: 摸底, 表单: 自评, 可代填: 是}
  - {事项: 换届方案, 谁办: 党支部, 阶段: 换届}
报送:
  - {谁报: 二级党组织, 材料: [汇总表], 报给: 组织部, 方式: [纸质, 电子邮件], 阶段: 摸底, 时间: 3月25日前}
"""
)
"""A branch owes 摸底/自查表 by Friday 2026-03-20 and 换届/换届方案 by 04-30, from 03-23 on; a committee 摸底/报送材料 by 03-25."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document, which is all that is on stdout and stderr together."""
        assert self.err == ""
        return json.loads(self.out)


@dataclass(kw_only=True)
class Shell:
    """A folder to stand in, and variables that are set. `clock` is civil time in Shanghai, `2026-03-02 09:00`."""

    folder: Path
    url: str
    clock: str | None = "2026-03-02 09:00"
    columns: int = 80
    known: dict[str, str | None] = field(default_factory=dict)

    def __call__(self, *words: str, stdin: str | bytes | None = None, **variables: str | None) -> Answer:
        """One command in this process."""
        with CliRunner().isolation(input=stdin, env=self._variables(variables)) as (out, err, _):
            code = COMMAND.main(args=list(words), prog_name="duban", standalone_mode=False)
            sys.stdout.flush()
            sys.stderr.flush()
            return Answer(code=code or 0, out=out.getvalue().decode(), err=err.getvalue().decode())

    def outside(self, *words: str, stdin: bytes | None = None, **variables: str | None) -> Answer:
        """The same in a process of its own, with the real stdout."""
        environment = {name: value for name, value in (os.environ | self._variables(variables)).items() if value is not None}
        done = subprocess.run(
            [sys.executable, "-m", "duban", *words],
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env=environment,
            timeout=60,
        )
        return Answer(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())

    def json(self, *words: str, **variables: str | None) -> Any:
        """The document of a command that succeeds."""
        answer = self(*words, "--json", **variables)
        assert answer.code == 0, answer
        return answer.document

    def refused(self, *words: str, **variables: str | None) -> list[str]:
        """The codes with which a command is refused."""
        answer = self(*words, "--json", **variables)
        assert answer.code == 1, answer
        return [reason["code"] for reason in answer.document["refused"]]

    def file(self, name: str, content: str | bytes) -> str:
        """A file in the folder; its path."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def launched(self, text: str = PLAN) -> Shell:
        self.json("launch", self.file("活动.yaml", text))
        return self

    def duty(self, unit: str, key: str, **variables: str | None) -> dict[str, Any]:
        """A duty as `status --json` shows it."""
        rows = self.json("status", "--unit", unit, **variables)["rows"]
        (found,) = [duty for row in rows if row["unit"] == unit for duty in row["duties"] if duty["key"] == key]
        return dict(found)

    def case(self, unit: str) -> dict[str, Any]:
        (found,) = [row for row in self.json("status", "--unit", unit)["rows"] if row["unit"] == unit]
        return dict(found)

    @property
    def database(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    def _variables(self, more: Mapping[str, str | None]) -> dict[str, str | None]:
        clock = f"{self.clock.replace(' ', 'T')}:00+08:00" if self.clock else None
        known = {"DUBAN_DATABASE_URL": self.url, "DUBAN_CLOCK": clock, "COLUMNS": str(self.columns)}
        return known | self.known | dict(more)
