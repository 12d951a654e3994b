"""The pictures show the machine that runs, no more and no less, whatever the names are."""

from __future__ import annotations

import html
import re
from datetime import date, time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import diagram
from workflow.machine import duty_machine, track_machine
from workflow.model import Campaign, Deadline, Phase, Task, Track

HOSTILE = "\"]<script>alert(1)</script>&amp;'%%{init}: --> p9; end\n\x00\x0b\ufffe:::red"
BEFORE = Deadline(words="3月30日前", kind="before", end=date(2012, 3, 30))


def _phase(no: int, name: str, deadline: Deadline = BEFORE, *, by_calendar: bool = False, waits: bool = False) -> Phase:
    return Phase(no=no, name=name, deadline=deadline, by_calendar=by_calendar, waits_for_branches=waits)


def _campaign(*phases: Phase, name: str = "示例活动", tasks: tuple[Task, ...] = ()) -> tuple[Campaign, Track]:
    track = Track(key="党支部", kinds=("党支部",), phases=phases)
    campaign = Campaign(
        name=name,
        digest="0" * 64,
        issuer="学校党委",
        issued=date(2012, 3, 26),
        counts_from=None,
        ends=date(2012, 12, 31),
        zone="Asia/Shanghai",
        rest_day="keep",
        tracks=(track,),
        tasks=tasks,
    )
    return campaign, track


THREE = _campaign(
    _phase(1, "调查摸底"),
    _phase(2, "对标整改", Deadline(words="5月底前", kind="month", end=date(2012, 5, 31)), waits=True),
    _phase(
        3, "考评总结", Deadline(words="12月", kind="month", start=date(2012, 12, 1), end=date(2012, 12, 31)), by_calendar=True
    ),
)


def _of_machine(machine: object) -> set[tuple[str, str, str]]:
    """(from, act, to) of every transition."""
    return {
        (source, act, transition.dest)
        for act, event in machine.events.items()  # type: ignore[attr-defined]
        for source, transitions in event.transitions.items()
        for transition in transitions
    }


def _root(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def _shown(picture: str) -> set[tuple[str, str, str]]:
    """(from, act, to) of every arrow and every note of an SVG."""
    drawn = [g for g in _root(picture).iter("{http://www.w3.org/2000/svg}g") if g.get("data-acts")]
    return {(str(g.get("data-from")), act, str(g.get("data-to"))) for g in drawn for act in str(g.get("data-acts")).split()}


def _states(picture: str) -> list[str]:
    return [str(g.get("data-state")) for g in _root(picture).iter("{http://www.w3.org/2000/svg}g") if g.get("data-state")]


def _words(picture: str, state: str | None = None) -> str:
    """All text of an SVG, or of the box of one state."""
    root = _root(picture)
    if state is not None:
        root = next(g for g in root.iter("{http://www.w3.org/2000/svg}g") if g.get("data-state") == state)
    return "".join(root.itertext())


def test_the_picture_of_a_track_has_the_states_and_transitions_of_its_machine() -> None:
    campaign, track = THREE

    picture = diagram.svg(campaign, track)

    assert _states(picture) == ["1", "2", "3", "4"] == list(track_machine(track).states)
    assert _shown(picture) == _of_machine(track_machine(track))


def test_the_text_of_a_track_has_the_states_and_transitions_of_its_machine() -> None:
    campaign, track = THREE
    words = {"事项全部审核": "complete", "到时间": "open_next", "组织部转入": "advance"}

    text = diagram.mermaid(campaign, track)

    assert re.findall(r'state "(.*)" as p(\d)', text) == [
        ("调查摸底", "1"),
        ("对标整改", "2"),
        ("考评总结", "3"),
        ("办结", "4"),
    ]
    arrows = re.findall(r"p(\d) --> p(\d) : .*（(.*)）", text)
    assert {(a, words[way], b) for a, b, ways in arrows for way in ways.split("／")} == _of_machine(track_machine(track))
    assert "[*] --> p1\n" in text
    assert "p4 --> [*]\n" in text


def test_the_picture_of_duties_has_the_states_and_transitions_of_their_machine() -> None:
    picture = diagram.svg_of_duties()

    assert sorted(_states(picture)) == sorted(duty_machine().states)
    assert _shown(picture) == _of_machine(duty_machine())


def test_every_arrow_between_duties_has_a_way_of_its_own() -> None:
    from workflow.diagram.duties import ROUTES

    moving = {(edge.source, edge.dest) for edge in diagram.edges(duty_machine()) if edge.source != edge.dest}

    assert set(ROUTES) == moving


def test_the_text_of_duties_has_the_transitions_of_their_machine() -> None:
    from workflow.guards import ACT_WORDS

    acts = {words: act for act, words in ACT_WORDS.items()}

    arrows = re.findall(r"(\w+)_ --> (\w+)_ : (.*)", diagram.mermaid_of_duties())

    assert {(a, acts[word], b) for a, b, words in arrows for word in words.split("／")} == _of_machine(duty_machine())


def test_the_phrase_stands_on_the_arrow_as_it_is_written() -> None:
    campaign, track = THREE

    picture, text = diagram.svg(campaign, track), diagram.mermaid(campaign, track)

    for words in ("3月30日前", "5月底前", "12月"):
        assert f">{words}</text>" in picture
        assert f" : {words}" in text
    assert "3月30日（周五）24:00前，含当日" in picture
    assert "12月1日至12月31日（周一）24:00" in picture
    assert "等所属支部都完成" in picture
    assert "到时间自动转入，不等审核" in picture


@pytest.mark.parametrize(
    ("deadline", "shown"),
    [
        (Deadline(words="3月30日17:00前", kind="before", end=date(2012, 3, 30), hour=time(17)), "3月30日（周五）17:00前"),
        (Deadline(words="明年1月15日前", kind="before", end=date(2013, 1, 15)), "2013年1月15日（周二）24:00前，含当日"),
        (Deadline(words="待定"), "时间定下以前不催办"),
    ],
)
def test_the_days_a_phrase_means_stand_below_it(deadline: Deadline, shown: str) -> None:
    campaign, track = _campaign(_phase(1, "调查摸底", deadline))

    assert f">{shown}</text>" in diagram.svg(campaign, track)


def test_a_lock_is_noted_on_the_arrow_and_none_where_there_is_none() -> None:
    task = Task(key="摸底/自评", name="自评", track="党支部", phase="调查摸底", deadline=BEFORE, locks=date(2012, 4, 10))

    locked = diagram.svg(*_campaign(_phase(1, "调查摸底"), tasks=(task,)))
    open_ = diagram.svg(*_campaign(_phase(1, "调查摸底")))

    assert "4月10日后不再受理" in locked
    assert "日后不再受理" not in open_


def test_the_units_in_each_phase_are_counted_in_its_box() -> None:
    campaign, track = THREE
    counts = {1: 3, 2: 128, 4: 17}

    picture, text = diagram.svg(campaign, track, counts), diagram.mermaid(campaign, track, counts)

    assert [re.sub(r"\D", "", _words(picture, str(no)).removeprefix(str(no))) for no in (1, 2, 3)] == ["3", "128", "0"]
    assert _words(picture, "4") == "办结17个"
    assert "对标整改（128个单位）" in text
    assert "个" not in _words(diagram.svg(campaign, track), "2")


def test_the_phase_of_one_unit_is_marked_in_words() -> None:
    campaign, track = THREE

    picture = diagram.svg(campaign, track, here=2)

    assert [state for state in _states(picture) if "本单位在此" in _words(picture, state)] == ["2"]
    assert _words(picture, "1") == "调查摸底"  # a tick in place of the number of what lies behind
    assert "本单位在此" not in diagram.svg(campaign, track)


def test_hostile_names_stay_names() -> None:
    campaign, track = _campaign(_phase(1, HOSTILE, Deadline(words=HOSTILE)), name=HOSTILE)

    picture, text = diagram.svg(campaign, track, {1: 1}, here=1), diagram.mermaid(campaign, track)

    root = _root(picture)
    tags = {element.tag.partition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "rect", "text", "title", "circle", "path", "polyline", "polygon"}
    assert "<script" not in picture
    assert text.count("\n") == 6
    assert not re.search(r"[<>%{}\[\]]", "".join(re.findall(r'state "(.*)" as p1|p1 --> p2 : (.*)', text)[0]))


NAMES = st.text(max_size=40)


@given(name=NAMES, phase=NAMES, words=NAMES)
def test_any_name_gives_a_well_formed_picture(name: str, phase: str, words: str) -> None:
    campaign, track = _campaign(_phase(1, phase, Deadline(words=words)), name=name)

    picture = diagram.svg(campaign, track)

    assert _states(picture) == ["1", "2"]
    picture.encode()


@given(name=NAMES)
def test_any_name_comes_back_out_of_mermaid(name: str) -> None:
    from workflow.diagram.mermaid import escaped

    safe = escaped(name)

    assert html.unescape(re.sub(r"#(\d+);", r"&#\1;", safe)).split() == _shown_by_html(name)
    assert re.fullmatch(r"(\w|#\d+;|[，。、；：！？“”‘’（）《》〔〕【】—…·～－／ ])*", safe)


def _shown_by_html(name: str) -> list[str]:
    """What a browser makes of the characters themselves, given as numbers."""
    return html.unescape("".join(f"&#{ord(c)};" if not c.isalnum() else c for c in " ".join(name.split()))).split()


def test_long_names_are_wrapped_inside_their_box() -> None:
    from workflow.diagram.svg import width_of, wrapped

    lines = wrapped("深入开展调查摸底，逐个支部分类定级，形成工作台账，并向全体党员通报结果和改进的办法", 16, 200)

    assert len(lines) == 3
    assert all(width_of(line, 16) <= 216 for line in lines)  # a comma may hang over
    assert lines[-1].endswith("…")
    assert not any(line.startswith("，") for line in lines)
    assert len(wrapped("，" * 100, 16, 200)) == 3


def test_a_picture_can_stand_in_any_page() -> None:
    campaign, track = THREE

    for picture in (diagram.svg(campaign, track, {1: 1}, here=1), diagram.svg_of_duties()):
        assert not re.search(r'\sid="|href|url\(|<script|<style|\sstyle="', picture)
        assert 'role="img"' in picture
        assert "非涉密系统，严禁处理国家秘密" in picture
        assert re.search(r'aria-label="[^"]+"', picture)


def test_inside_a_page_a_picture_leaves_title_and_notes_to_the_page() -> None:
    campaign, track = THREE

    inside, alone = diagram.svg(campaign, track, here=2, alone=False), diagram.svg(campaign, track, here=2)

    assert _shown(inside) == _shown(alone)
    assert "示例活动" not in _words(inside)
    assert not any(note in _words(inside) for note in diagram.NOTES)
    assert f'aria-label="{campaign.name}：党支部的阶段和时限"' in inside
