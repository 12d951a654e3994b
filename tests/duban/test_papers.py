"""公文: drafted from what is true that day, one a milestone and second-level unit, signed or refused by a leader."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from shell import Shell
from world import (
    CAO,
    CHEN,
    HE,
    JIN,
    KONG,
    LI,
    LYU,
    ONE_DUTY,
    QIAN,
    WANG,
    WU,
    YAN,
    ZHAO,
    ZHENG,
    World,
    definition,
)

from duban.service.papers import PaperRead
from notifications.papers.content import PaperItem, from_json, to_json
from storage.scope import Scope
from workflow.errors import NotFound, Refused

MONTHLY = definition("任务:\n  - {事项: 支委会, 谁办: 党支部, 频次: 每月1次, 催办: 是}\n")


@pytest.fixture
def late(world: World) -> World:
    return _late(world)


@pytest.fixture
def small_late(small_world: World) -> World:
    return _late(small_world)


def _late(world: World) -> World:
    """The morning of Thursday 2026-04-09: the line was 03-30, and nobody has handed in."""
    world.launch()
    world.at("2026-04-09 09:00")
    return world


def draft(world: World, kind: str = "督办单", under: str | None = "01", *, by: str = QIAN, **more: object) -> PaperRead:
    return world.engine.draft_paper(kind, duty="换届方案", under=under, by=by, **more)  # type: ignore[arg-type]


def refused(world: World, *words: object, **more: object) -> list[str]:
    before = world.everything()
    with pytest.raises(Refused) as refusal:
        draft(world, *words, **more)  # type: ignore[arg-type]
    assert world.everything() == before
    return [reason.code for reason in refusal.value.reasons]


def test_a_paper_says_what_is_open_on_the_day_it_is_drafted(late: World) -> None:
    late.act("submit", "0102", by=CHEN)
    late.run("2026-04-09 09:30")
    late.engine.answer("promise", by=LI, duty=late.duty("0101").id, until=date(2026, 4, 10))

    paper = draft(late)

    said = paper.content
    assert (paper.kind, paper.unit, paper.unit_code, paper.due, paper.state) == (
        "督办单", "化学学院党委", "01", date(2026, 3, 30), "draft",
    )  # fmt: skip
    assert said.items == (
        PaperItem(unit="教工第一党支部", unit_code="0101", state="尚未报送", due=date(2026, 3, 30), promised=date(2026, 4, 10)),
        PaperItem(unit="本科生党支部", unit_code="010901", state="尚未报送", due=date(2026, 3, 30)),
        PaperItem(unit="研究生党支部", unit_code="010902", state="尚未报送", due=date(2026, 3, 30)),
    )
    assert (said.expected, said.handed_in, said.open) == (4, 1, 3)
    assert said.due_words == "3月30日（周一）24:00前，含当日"
    assert (said.until, said.until_words) == (date(2026, 4, 14), "4月14日（周二）")  # three working days
    assert (said.issuer, said.notice, said.task, said.requested_by) == ("学校党委", "支部换届", "换届方案", "钱宁")
    assert (said.contact.name, said.contact.phone, said.signer, said.mark) == ("钱宁", "0000-0000", "领导小组组长", "代拟稿")
    assert late.rows("SELECT reason FROM journal WHERE act = 'paper-draft'") == [("督办单第1号起草",)]


def test_a_paper_goes_to_second_level_units_never_to_a_branch(small_late: World) -> None:
    with pytest.raises(Refused) as refusal:
        draft(small_late, "催办函", "0101")

    assert refused(small_late, "催办函", "0101") == ["not-second-level"]
    assert refused(small_late, "督办单", "0109") == ["not-second-level"]  # a 党总支 below a committee
    assert refused(small_late, "督办单", "91") == ["not-second-level"]
    assert refused(small_late, "督办单", None) == ["not-second-level"]
    assert "请写 --under 01（化学学院党委）" in refusal.value.reasons[0].unblock
    assert draft(small_late, "催办函", "03").unit == "图书馆直属党支部"  # a second-level unit and a branch


def test_one_paper_a_kind_milestone_and_unit_drawn_up_again_with_the_facts_of_the_day(late: World) -> None:
    first = draft(late)
    late.act("submit", "0101", by=LI)

    again = draft(late, by=ZHENG)
    other = draft(late, "催办函")

    assert again.id == first.id
    assert other.id != first.id
    assert [item.unit_code for item in again.content.items] == ["0102", "010901", "010902"]
    assert again.made_by == "郑直"
    assert late.rows("SELECT count(*) FROM paper") == [(2,)]


def test_an_extended_line_that_passes_is_another_milestone(small_late: World) -> None:
    small_late.act("extend", "0102", by=WANG, to=date(2026, 4, 17), reason="书记出差")
    first = draft(small_late)
    small_late.at("2026-04-20 09:00")

    second = draft(small_late)

    assert [item.unit_code for item in first.content.items] == ["0101", "010901", "010902"]
    assert (first.due, second.due) == (date(2026, 3, 30), date(2026, 4, 17))
    assert first.id != second.id


def test_a_signed_paper_is_frozen(late: World) -> None:
    paper = draft(late)
    signed = late.engine.sign_paper(paper.id, by=ZHENG, number="校党组〔2026〕9号")
    for unit, who in (("0101", LI), ("0102", CHEN)):
        late.act("submit", unit, by=who)

    assert refused(late) == ["paper-decided"]
    with pytest.raises(Refused):
        late.engine.refuse_paper(paper.id, by=JIN, reason="不必")

    assert late.engine.paper(paper.id) == signed
    assert signed.content.items == paper.content.items
    assert (signed.state, signed.number, signed.content.number) == ("signed", "校党组〔2026〕9号", "校党组〔2026〕9号")
    assert (signed.content.signed_by, signed.content.signed_on) == ("郑直", date(2026, 4, 9))


def test_only_leaders_of_the_school_sign_and_only_its_offices_draft(small_late: World) -> None:
    paper = draft(small_late)
    before = small_late.everything()

    for who in (QIAN, WANG, LI):
        with pytest.raises(Refused) as refusal:
            small_late.engine.sign_paper(paper.id, by=who)
        assert refusal.value.code == "wrong-actor"

    assert small_late.everything() == before
    assert refused(small_late, by=WANG) == refused(small_late, by=ZHAO) == ["wrong-actor"]
    assert small_late.engine.sign_paper(paper.id, by=JIN).state == "signed"


def test_nobody_signs_that_something_is_missing_which_has_come_in(small_late: World) -> None:
    paper = draft(small_late)
    small_late.act("submit", "0101", by=LI)
    with pytest.raises(Refused) as stale:
        small_late.engine.sign_paper(paper.id, by=ZHENG)
    again = draft(small_late)
    for unit, who in (("0102", CHEN), ("010901", HE), ("010902", LYU)):
        small_late.act("submit", unit, by=who)
    with pytest.raises(Refused) as moot:
        small_late.engine.sign_paper(again.id, by=ZHENG)

    assert (stale.value.code, moot.value.code) == ("paper-stale", "paper-moot")
    assert "教工第一党支部已经报送或延期" in str(stale.value)
    assert small_late.engine.paper(paper.id).state == "draft"


def test_a_refused_paper_says_why_and_has_no_successor(small_late: World) -> None:
    paper = draft(small_late)
    with pytest.raises(Refused) as silent:
        small_late.engine.refuse_paper(paper.id, by=ZHENG, reason=" ")

    no = small_late.engine.refuse_paper(paper.id, by=ZHENG, reason="先电话了解")

    assert silent.value.code == "reason-missing"
    assert (no.state, no.reason, no.decided_by) == ("refused", "先电话了解", "郑直")
    assert refused(small_late) == ["paper-decided"]
    assert [p.id for p in small_late.engine.papers(state="refused")] == [paper.id]
    assert small_late.engine.papers(state="draft") == ()


def test_before_the_line_and_after_the_last_submission_there_is_nothing_to_write_about(small_world: World) -> None:
    small_world.launch()
    small_world.at("2026-03-30 09:00")
    early = refused(small_world)
    for unit, who in (("0101", LI), ("0102", CHEN), ("010901", HE), ("010902", LYU)):
        small_world.act("submit", unit, by=who)
    small_world.at("2026-04-09 09:00")

    assert (early, refused(small_world)) == (["not-late"], ["nothing-open"])


def test_a_circular_is_for_the_school_and_names_no_branch(late: World) -> None:
    for unit, who in (("0201", ZHAO), ("0202", KONG), ("0203", YAN), ("0101", LI)):
        late.act("submit", unit, by=who)

    paper = draft(late, "通报", None)

    said = paper.content
    assert (paper.unit_code, said.addressees) == ("00", ("二级党组织",))
    assert [(i.unit, i.state, i.open, i.expected) for i in said.items] == [
        ("化学学院党委", "尚有3件未报送", 3, 4),
        ("图书馆直属党支部", "尚有1件未报送", 1, 1),
    ]
    assert (said.expected, said.handed_in, said.open) == (8, 4, 4)
    assert refused(late, "通报", "01") == ["not-the-root"]


def test_a_returned_submission_past_its_line_is_open_again(small_late: World) -> None:
    small_late.act("submit", "0201", by=ZHAO)
    small_late.act("return", "0201", by=WU, reason="缺候选人名单")
    small_late.at("2026-04-20 09:00")

    paper = draft(small_late, "催办函", "02")

    assert [(i.unit_code, i.state) for i in paper.content.items] == [
        ("0201", "退回补正"), ("0202", "尚未报送"), ("0203", "尚未报送"),
    ]  # fmt: skip


def test_an_occurrence_of_a_recurring_task_has_its_own_paper(small_world: World) -> None:
    small_world.launch(MONTHLY)
    small_world.at("2026-05-12 09:00")
    made = [small_world.engine.draft_paper("催办函", duty=f"支委会@2026-{m}", under="03", by=QIAN) for m in ("03", "04")]

    assert [(p.due, p.content.occurrence, p.content.task) for p in made] == [
        (date(2026, 3, 31), "2026-03", "支委会（2026-03）"),
        (date(2026, 4, 30), "2026-04", "支委会（2026-04）"),
    ]
    assert small_world.engine.sign_paper(made[1].id, by=ZHENG).state == "signed"


def test_what_does_not_exist_is_named(small_late: World) -> None:
    for words in ({"kind": "红头文件"}, {"duty": "别的"}, {"under": "99"}):
        given = {"kind": "督办单", "duty": "换届方案", "under": "01"} | words
        with pytest.raises(NotFound):
            small_late.engine.draft_paper(given["kind"], duty=given["duty"], under=given["under"], by=QIAN)
    with pytest.raises(NotFound):
        small_late.engine.paper(99)


def test_an_answer_is_asked_for_on_a_day_ahead(small_late: World) -> None:
    assert draft(small_late, until=date(2026, 4, 20)).content.until == date(2026, 4, 20)
    assert refused(small_late, "催办函", until=date(2026, 4, 9)) == ["until-past"]


def test_what_a_paper_says_survives_being_kept(small_late: World) -> None:
    said = draft(small_late).content

    assert from_json(to_json(said)) == said


def test_of_two_leaders_who_sign_and_refuse_at_once_one_is_first(late: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    paper = draft(late).id

    def decide(way: str) -> str:
        try:
            if way == "sign":
                return late.engine.sign_paper(paper, by=ZHENG).state
            return late.engine.refuse_paper(paper, by=JIN, reason="先谈").state
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(decide, ("sign", "refuse", "sign", "refuse")))

    assert said[:3] == ["paper-decided"] * 3
    assert said[3] == late.engine.paper(paper).state


def test_no_timer_makes_a_paper(late: World) -> None:
    for day in ("2026-04-09", "2026-04-10", "2026-04-13", "2026-04-30"):
        late.run(f"{day} 10:00", deliver=True)

    assert late.engine.papers() == ()


def test_the_command_drafts_shows_signs_and_refuses(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    shell.clock = "2026-04-09 09:00"

    made = shell.json("paper", "draft", "督办单", "--duty", "换届方案", "--under", "02", "--by", QIAN)
    shown = shell("paper", "show", str(made["id"])).out
    signed = shell.json("paper", "sign", str(made["id"]), "--by", ZHENG, "--number", "校党组〔2026〕9号")
    other = shell.json("paper", "draft", "催办函", "--duty", "换届方案", "--under", "03", "--by", QIAN)
    refused_ = shell.json("paper", "refuse", str(other["id"]), "--by", ZHENG, "--reason", "先电话了解")
    listed = shell("paper", "list").out
    story = shell("explain", "02").out

    assert "代拟稿  主送：机械学院党委" in shown
    assert "  教工党支部：尚未报送" in shown
    assert (made["state"], signed["state"], refused_["state"]) == ("draft", "signed", "refused")
    assert listed.splitlines() == [
        "1 督办单（校党组〔2026〕9号） 机械学院党委：换届方案（2026-03-30）已签发，郑直",
        "2 催办函 图书馆直属党支部：换届方案（2026-03-30）不签发，郑直：先电话了解",
    ]
    assert "公文 换届方案（郑直）：督办单第1号已签发（校党组〔2026〕9号）" in story
    assert shell("paper", "show", "99").code == 1
    assert CAO not in listed


def read(file: bytes) -> str:
    """The head of the first page, and what stands on it outside tables."""
    word = Document(io.BytesIO(file))
    head = word.sections[0].header.paragraphs[0].text
    return "\n".join([head, *(paragraph.text for paragraph in word.paragraphs)])


def test_a_paper_s_file_is_a_draft_until_it_is_signed_and_then_the_same_for_ever(small_late: World) -> None:
    paper = draft(small_late, "催办函")
    drafted = read(small_late.engine.paper_file(paper.id))
    small_late.engine.sign_paper(paper.id, by=ZHENG, number="校党组〔2026〕9号")
    signed = small_late.engine.paper_file(paper.id)
    small_late.act("submit", "0101", by=LI)
    small_late.at("2026-05-06 09:00")

    assert ("代拟稿" in drafted, "代拟稿" in read(signed)) == (True, False)
    assert "化学学院党委：" in drafted
    assert ("校党组〔2026〕9号" in drafted, "校党组〔2026〕9号" in read(signed)) == (False, True)
    assert small_late.engine.paper_file(paper.id) == signed


def test_a_refused_paper_s_file_says_so(small_late: World) -> None:
    paper = draft(small_late, "催办函")
    small_late.engine.refuse_paper(paper.id, by=ZHENG, reason="先电话了解")

    assert "代拟稿（不签发）" in read(small_late.engine.paper_file(paper.id))


def test_a_file_out_of_reach_is_not_found(small_late: World) -> None:
    paper = draft(small_late)

    with pytest.raises(NotFound):
        small_late.engine.paper_file(paper.id, scope=Scope(()))
    with pytest.raises(NotFound):
        small_late.engine.paper_file(99)


def test_show_saves_a_word_file_by_name_or_in_a_folder(shell: Shell) -> None:
    made = drafted(shell)
    named, folder = shell.folder / "函.docx", shell.folder / "公文"
    folder.mkdir()

    said = shell("paper", "show", made, "-o", str(named)).out
    answer = shell.json("paper", "show", made, "--out", str(folder))

    saved = folder / "公文1-机械学院党委-换届方案-代拟稿.docx"
    assert said.split() == ["已存为", str(named)]
    assert (answer["file"], list(folder.iterdir())) == (str(saved), [saved])
    assert saved.read_bytes() == named.read_bytes()
    assert "代拟稿" in read(named.read_bytes())


def test_show_writes_no_other_kind_of_file(shell: Shell) -> None:
    made = drafted(shell)

    answer = shell("paper", "show", made, "-o", "函.pdf")

    assert answer.code == 2
    assert "文件名要以 .docx 结尾" in answer.err
    assert not (shell.folder / "函.pdf").exists()


def test_an_office_s_own_word_template_is_used_and_a_broken_one_is_one_error(shell: Shell, tmp_path: Path) -> None:
    made = drafted(shell)
    (tmp_path / "催办函.docx").write_text("不是 Word", encoding="utf-8")

    answer = shell("paper", "show", made, "-o", "函.docx", DUBAN_TEMPLATES=str(tmp_path))

    assert answer.code == 1
    assert "催办函.docx" in answer.err
    assert "请另存为 .docx 格式" in answer.err.replace("\n", "")
    assert "Traceback" not in answer.err


def drafted(shell: Shell) -> str:
    """A 催办函 to a committee, and its id as people type it."""
    shell.launched(ONE_DUTY)
    shell.clock = "2026-04-09 09:00"
    made = shell.json("paper", "draft", "催办函", "--duty", "换届方案", "--under", "02", "--by", QIAN)
    return str(made["id"])
