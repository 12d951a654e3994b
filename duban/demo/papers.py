"""What the units of the demo write into their forms, from the generated organisation's own figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from duban.samples import Organisation
from duban.workbook import UnitRow

SECOND_LEVEL_GRADES = ("先进", "较好", "较好", "一般")
KEEP = {
    "category": "作用",
    "problem": "现有做法没有形成固定安排",
    "goal": "把做得好的固定下来",
    "measure": "写成一页纸的安排，每学期对照一次",
    "owner": "书记",
}


class Papers:
    """Form data by branch code."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.units = {unit.code: unit for unit in organisation.units}

    def self_rating(self, code: str) -> dict[str, Any]:
        score = self.organisation.scores.get(code)
        problems = [{"category": p.category, "text": p.problem} for p in self.organisation.problems.get(code, ())]
        data: dict[str, Any] = {"summary": "对照六个方面查了一遍，制度和台账基本齐全，问题列在下面。"}
        if score is not None:
            data["score"] = score.own
        if problems:
            data["problems"] = problems[:20]
        return data

    def plan(self, code: str, due: date) -> dict[str, Any]:
        """The register of the branch; one that found no problem keeps what is good."""
        items = [
            {
                "category": p.category,
                "problem": p.problem,
                "goal": p.goal,
                "measure": p.measure,
                "owner": p.owner,
                "due": p.due.isoformat(),
            }
            for p in self.organisation.problems.get(code, ())
        ]
        return {"items": items or [{**KEEP, "due": due.isoformat()}]}

    def result(self, code: str, checked_on: date) -> dict[str, Any]:
        problems = self.organisation.problems.get(code, ())
        done = [(p.no, p.closed) for p in problems] or [(1, True)]
        return {
            "items": [
                {
                    "no": no,
                    "done": closed,
                    "result": "已按措施办完，支部大会上作了说明" if closed else "正在办理，还差最后一步",
                    **({"checked_by": "组织员", "checked_on": checked_on.isoformat()} if closed else {}),
                }
                for no, closed in done
            ]
        }

    def summary(self) -> dict[str, Any]:
        return {"summary": "整改事项逐条对账，组织生活正常开展，党员参加率比年初高。", "next": "把今年的做法坚持下去。"}

    def grading(self, codes: Sequence[str], regrade: Mapping[str, str] | None) -> dict[str, Any]:
        """First round: the starting grades with their scores. Second round: variant A of truth.json over them."""
        return {"grades": [self._grade(self.units[code], regrade) for code in codes]}

    def _grade(self, unit: UnitRow, regrade: Mapping[str, str] | None) -> dict[str, Any]:
        grade = unit.grade or SECOND_LEVEL_GRADES[sum(map(ord, unit.code)) % len(SECOND_LEVEL_GRADES)]
        row: dict[str, Any] = {"unit": unit.code, "grade": (regrade or {}).get(unit.code, grade)}
        score = self.organisation.scores.get(unit.code)
        if score is None or regrade is not None:
            return row
        row |= {"self": score.own, "superior": score.superior, "final": score.final, "satisfaction": score.satisfaction}
        if score.veto is not None:
            row["reason"] = f"一票否决：{score.veto.ground}"
        problems = self.organisation.problems.get(unit.code, ())
        if problems:
            row["problem"] = problems[0].problem[:30]
        return row
