"""Whatever a file says, it is read in bounded time: twice the text takes about twice as long."""

from __future__ import annotations

import timeit
from time import process_time

import pytest

from phases.reader.document import Document
from phases.reader.draft import draft
from phases.reader.write import definition_text

CLAUSE = "各支部于3月30日前将实施方案报组织部"
KINDS = {
    "one sentence of papers": f"{CLAUSE}，",
    "sentences of papers": f"{CLAUSE}。",
    "lines of papers": f"{CLAUSE}。\n",
    "stages": "（二）第二阶段：摸底（3月9日前）。\n",
    "months in a table": "\t3月",
    "markers": "一、\n",
    "rhythms": "每月召开",
    "rates": "30%以上的一般支部升为先进，",
    "open brackets": "（“《",
    "digits": "20120330",
    "blanks": " \n",
}


@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_the_text_and_not_faster(kind):
    def taken(characters: int) -> float:
        text = (KINDS[kind] * characters)[:characters]
        return min(timeit.repeat(lambda: definition_text(draft(Document(text=text))), number=1, repeat=2, timer=process_time))

    short, long = taken(6_000), taken(24_000)

    assert long < max(8 * short, 0.5)
    assert long < 3.0  # whatever takes longer than any notice is given up, see duban/drafting.py


def test_a_sentence_of_papers_keeps_every_paper_with_its_day():
    text = (
        "关于报送材料的通知\n\n各支部：\n\n"
        + "".join(f"{CLAUSE}（第{n}批）。" for n in range(1, 9))
        + "\n\n组织部\n2012年3月1日\n"
    )

    found = draft(Document(text=text))

    assert {d.deadline.end.isoformat() for d in found.deliverables if d.deadline} == {"2012-03-30"}
