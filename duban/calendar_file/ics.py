"""What an iCalendar file says about rest days and made-up workdays.

Feeds of Chinese holidays mark their days (`X-APPLE-SPECIAL-DAY`); others say it in the title: 休, 放假; 班, 补班, 上班.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from duban.calendar_file import ics_child
from duban.calendar_file.lines import EARLIEST, LATEST, LONGEST, MOST_DAYS, MOST_LINES, CalendarFile, DayLine
from duban.child import Failed, interpreter, run
from workflow.errors import Problem
from workflow.workdays import days_between

MEMORY, SECONDS = 1024**3, 10
MARKS = {"WORK-HOLIDAY": False, "ALTERNATE-WORKDAY": True}
_NOT_WORKING = re.compile(r"不上班|不用上班|停班")
_WORKING = re.compile(r"不放假|不休息|不休|补班|上班|调班|[（(【\[]班[）)】\]]|班$|^班")
_RESTING = re.compile(r"放假|休息|补休|[（(【\[]休[）)】\]]|休$|^休")
_SWAPPED = re.compile(r"调休")


def read_ics(name: str, content: bytes) -> CalendarFile:
    """The days of a calendar in the sense of RFC 5545; places are the lines at which its events begin."""
    answer = _events(content)
    if "events" not in answer:
        return CalendarFile(name=name, problems=(Problem(path=name, text=_why(answer)),))
    days: list[DayLine] = []
    problems: list[Problem] = []
    unmarked = 0
    lines = _lines(content)
    for event in answer["events"]:
        line = next(lines, None)
        try:
            found = list(_days(event, line))
        except ValueError as error:
            problems.append(Problem(line=line, path=f"日程“{event['summary']}”", text=str(error)))
            continue
        days += found
        unmarked += not found
        if len(days) > MOST_DAYS:
            problems.append(Problem(line=line, path=name, text="写的日子太多；请只导出放假安排"))
            break
    warnings = [Problem(path=name, text=f"另有{unmarked}条日程没有写休或班，没有采用")] if unmarked and days else []
    if not days and not problems:
        text = f"{unmarked}条日程里没有一条写明放假（休）或上班（班）；请在标题里写明，或改用工作簿导入"
        problems.append(Problem(path=name, text=text))
    return CalendarFile(name=name, days=tuple(days), problems=tuple(problems), warnings=tuple(warnings))


def _events(content: bytes) -> dict[str, Any]:
    if (events := sum(1 for _ in _lines(content))) > MOST_LINES:
        return {"many": events}
    python = interpreter()
    if python is None:
        return ics_child.read_events(content)
    import icalendar

    libraries = [Path(icalendar.__file__).parents[1]]
    try:
        said = run(python, ics_child.__file__, (), content, memory=MEMORY, seconds=SECONDS, libraries=libraries)
    except Failed:
        return {"error": "failed"}
    answer: dict[str, Any] = json.loads(said)
    return answer


def _why(answer: Mapping[str, Any]) -> str:
    if "many" in answer:
        return f"有{answer['many']}条日程，太多了：请只导出放假安排"
    return "读不出日历：文件已损坏，或不是 iCalendar（.ics）；请重新下载或导出"


def _days(event: Mapping[str, Any], line: int | None) -> Iterator[DayLine]:
    """Raises ValueError, in Chinese, for what cannot be meant."""
    if "error" in event:
        raise ValueError("日期读不出来；请核对 DTSTART、DTEND")
    if event["status"] == "CANCELLED":
        return
    first, last = date.fromisoformat(event["first"]), date.fromisoformat(event["last"])
    works = _works(event, first, last)
    if works is None:
        return
    if not event["whole"]:
        raise ValueError("写了几点几分；放假、上班要写成全天的日程")
    if event["recurs"]:
        raise ValueError("是重复的日程；请把每一天分别写出来")
    if last < first or not EARLIEST <= first <= last <= LATEST or (last - first).days >= LONGEST:
        raise ValueError(f"从{first}到{last}，不成立或太长；请核对日期")
    for day in days_between(first, last):
        yield DayLine(day=day, works=works, why=event["summary"], line=line)


def _works(event: Mapping[str, Any], first: date, last: date) -> bool | None:
    """Does it say that its days work, or rest? None if neither. Raises ValueError if both."""
    if (marked := MARKS.get(event["special"])) is not None:
        return marked
    title = event["summary"]
    rests = bool(_NOT_WORKING.search(title) or _RESTING.search(_SWAPPED.sub("", _WORKING.sub("", title))))
    works = bool(_WORKING.search(_NOT_WORKING.sub("", title)))
    if rests and works:
        raise ValueError("标题里又有休又有班，看不出是放假还是上班；请分成两条写")
    if rests or works:
        return works
    if not _SWAPPED.search(title):
        return None
    weekend = {day.weekday() > 4 for day in days_between(first, min(last, LATEST))}
    if len(weekend) != 1:
        raise ValueError("只写了调休，又有周末又有工作日；请写明哪天休、哪天班")
    return weekend == {True}  # swapped: a weekend day is worked, a weekday is off


def _lines(content: bytes) -> Iterator[int]:
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip().upper() == b"BEGIN:VEVENT":
            yield number
