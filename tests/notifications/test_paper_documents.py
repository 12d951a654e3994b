"""The Word file of a paper: the layout of GB/T 9704-2012, the words of the house, a draft that is plainly one, the same bytes each time."""

from __future__ import annotations

import io
import pickle
import runpy
import zipfile
from dataclasses import replace
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree

from notifications.papers.content import KINDS, PaperContent, PaperItem
from notifications.papers.document import FILES, PaperTemplateProblem, document, file_name
from notifications.papers.wording import FEW
from notifications.voice import FOOT, harsh_words
from workflow.model import Contact

LINE = date(2026, 3, 30)
OURS = resources.files("notifications") / "papers" / "templates"
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "paper_templates.py"
HOSTILE = "<b>&{{7*7}}{%p x %}\f\a\n\t\x00\ufffe\u200b"
SHOWN = "<b>&{{7*7}}{%p x %}"


def item(unit: str, code: str, **more: Any) -> PaperItem:
    return PaperItem(**{"unit": unit, "unit_code": code, "state": "尚未报送", "due": LINE} | more)


TO_CHEMISTRY = PaperContent(
    kind="催办函",
    issuer="学校党委",
    unit="化学学院党委",
    unit_code="01",
    campaign="支部换届",
    notice="支部换届",
    notice_number="校党组〔2026〕5号",
    task="换届方案",
    due=LINE,
    due_words="3月30日（周一）24:00前，含当日",
    items=(
        item("教工第一党支部", "0101", promised=date(2026, 4, 10)),
        item("本科生党支部", "010901"),
        item("研究生党支部", "010902", state="退回补正", due=date(2026, 4, 3)),
    ),
    expected=4,
    handed_in=1,
    until=date(2026, 4, 14),
    until_words="4月14日（周二）",
    requested_by="钱宁",
    contact=Contact(unit="组织部", name="钱宁", phone="0000-0000"),
    drafted_on=date(2026, 4, 9),
    signer="组织部部长",
)
CIRCULAR = replace(
    TO_CHEMISTRY,
    kind="通报",
    unit="学校党委",
    unit_code="00",
    addressees=("各二级党委", "直属党支部"),
    items=(
        PaperItem(unit="化学学院党委", unit_code="01", state="尚有3件未报送", open=3, expected=4),
        PaperItem(unit="图书馆直属党支部", unit_code="03", state="尚有1件未报送", open=1, expected=1),
    ),
    expected=8,
    handed_in=4,
)
PAPERS = {"催办函": TO_CHEMISTRY, "督办单": replace(TO_CHEMISTRY, kind="督办单"), "通报": CIRCULAR}
EACH = pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)


def signed(content: PaperContent) -> PaperContent:
    return replace(content, number="校党组〔2026〕9号", signed_by="郑直", signed_on=date(2026, 4, 10))


def crowded(content: PaperContent, count: int = 60) -> PaperContent:
    items = tuple(replace(content.items[0], unit=f"第{no}单位", unit_code=f"01{no:02}") for no in range(1, count + 1))
    return replace(content, items=items, expected=count * 5)


def opened(content: PaperContent, templates: Path | None = None) -> Any:
    return Document(io.BytesIO(document(content, templates)))


def lines(word: Any) -> list[str]:
    """Paragraphs outside tables, without those that are empty."""
    return [paragraph.text for paragraph in word.paragraphs if paragraph.text]


def cells(table: Any) -> list[list[str]]:
    return [list(dict.fromkeys(cell.text for cell in row.cells)) for row in table.rows]


def whole(content: PaperContent) -> str:
    """Everything that can be read anywhere in the file."""
    with zipfile.ZipFile(io.BytesIO(document(content))) as found:
        parts = [etree.fromstring(found.read(name)) for name in found.namelist() if name.endswith(".xml")]
    return "\n".join("".join(part.itertext(qn("w:t"))) for part in parts)


def heads(word: Any) -> list[str]:
    section = word.sections[0]
    kinds = [section.header, section.even_page_header]
    kinds += [section.first_page_header] if section.different_first_page_header_footer else []
    return ["".join(p.text for p in kind.paragraphs) for kind in kinds]


def paragraph(word: Any, text: str) -> Any:
    return next(found for found in word.paragraphs if found.text == text)


def look(word: Any, text: str) -> tuple[str, float]:
    """The Chinese font and the size of a paragraph, in points."""
    style = paragraph(word, text).style
    return style.element.rPr.rFonts.get(qn("w:eastAsia")), style.font.size.pt


# --- the layout


@EACH
def test_the_type_area_is_that_of_the_standard(paper: PaperContent) -> None:
    section = opened(paper).sections[0]

    def near(length: int) -> int:
        return round(length / Mm(1))

    assert (near(section.page_width), near(section.page_height)) == (210, 297)
    assert (near(section.top_margin), near(section.left_margin)) == (37, 28)
    assert near(section.page_width - section.left_margin - section.right_margin) == 156
    assert near(section.page_height - section.top_margin - section.bottom_margin) == 225


def test_a_page_holds_22_lines_and_a_line_28_characters() -> None:
    word = opened(TO_CHEMISTRY)
    style = paragraph(word, "化学学院党委：").style
    squeezed = int(style.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20

    height = style.paragraph_format.line_spacing

    assert 22 * height <= Mm(225) + 1 < 23 * height
    assert 28 * (16 + squeezed) <= Mm(156) / Pt(1) < 29 * (16 + squeezed)
    assert word.sections[0]._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == str(round(height / Pt(1) * 20))


def test_title_text_and_headings_have_their_fonts_and_sizes() -> None:
    letter, circular = opened(TO_CHEMISTRY), opened(CIRCULAR)

    assert look(letter, "关于换届方案报送事项的催办函") == ("方正小标宋简体", 22)  # 2号
    assert look(letter, "化学学院党委：") == ("仿宋_GB2312", 16)  # 3号
    assert look(letter, "学校党委") == ("仿宋_GB2312", 16)
    assert look(circular, "一、总体情况") == ("黑体", 16)


@EACH
def test_an_office_without_the_fonts_gets_their_neighbours(paper: PaperContent) -> None:
    with zipfile.ZipFile(io.BytesIO(document(paper))) as found:
        table = etree.fromstring(found.read("word/fontTable.xml"))

    others = {font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val")).split(",") for font in table}

    assert others["仿宋_GB2312"][:2] == ["仿宋", "FangSong"]
    assert {"方正小标宋简体", "黑体", "宋体"} <= others.keys()


@EACH
def test_page_numbers_stand_on_the_outer_side_between_dashes(paper: PaperContent) -> None:
    word = opened(paper)
    odd, even = word.sections[0].footer.paragraphs[0], word.sections[0].even_page_footer.paragraphs[0]

    assert word.settings.odd_and_even_pages_header_footer
    assert (odd.text, even.text) == ("— 1 —", "— 1 —")
    assert (odd.alignment, even.alignment) == (2, 0)  # right, left
    assert {run.font.size.pt for run in (*odd.runs, *even.runs)} == {14.0}  # 4号
    assert " PAGE " in [field.text for field in odd._p.iter(qn("w:instrText"))]


def test_only_a_letter_has_no_number_on_its_first_page() -> None:
    firsts = {kind: opened(paper).sections[0] for kind, paper in PAPERS.items()}

    assert [kind for kind, section in firsts.items() if section.different_first_page_header_footer] == ["催办函"]
    assert firsts["催办函"].first_page_footer.paragraphs[0].text == ""


def test_a_circular_leaves_room_for_the_red_head() -> None:
    number = opened(CIRCULAR).paragraphs[0]

    assert "〔" in number.text
    assert number.paragraph_format.space_before > Mm(35)


def test_issuer_and_date_stand_over_each_other_at_the_right() -> None:
    word = opened(signed(TO_CHEMISTRY))
    issuer, day = paragraph(word, "学校党委"), paragraph(word, "2026年4月10日")

    assert [p.alignment for p in (issuer, day)] == [1, 1]  # centred in the right part
    assert issuer.paragraph_format.left_indent == day.paragraph_format.left_indent > Mm(60)
    assert issuer.paragraph_format.keep_with_next


# --- what it says


def test_a_letter_reads_like_one() -> None:
    assert lines(opened(TO_CHEMISTRY)) == [
        "　　　〔　　　　〕　　号",
        "关于换届方案报送事项的催办函",
        "化学学院党委：",
        "按照“支部换届”工作安排（校党组〔2026〕5号），“换届方案”的报送时限为3月30日（周一）24:00前（含当日）。经核，截至2026年4月9日，"
        "贵单位及所属党组织应报4件，已报1件，以下党组织尚未报送：教工第一党支部（已答复4月10日（周五）前报送）、本科生党支部、"
        "研究生党支部（退回补正，时限为4月3日（周五））。",
        "请于4月14日（周二）前报送；如已报送，请忽略。办理中有困难的，请及时与联系人沟通，我们将积极协助。",
        "特此函达，感谢支持。",
        "学校党委",
        "2026年　　月　　日",
        "（联系人：组织部 钱宁，电话：0000-0000）",
    ]


def test_a_unit_that_owes_by_itself_is_not_told_of_units_below() -> None:
    library = replace(
        TO_CHEMISTRY, unit="图书馆直属党支部", unit_code="03", items=(item("图书馆直属党支部", "03"),), expected=1, handed_in=0
    )

    assert "经核，截至2026年4月9日，贵单位该事项尚未报送。" in lines(opened(library))[3]
    assert "所属" not in whole(library)
    assert "应报" not in whole(replace(library, kind="督办单"))


def test_a_circular_states_how_many_and_which_units_not_yet() -> None:
    said = lines(opened(CIRCULAR))

    assert said[1:9] == [
        "关于换届方案报送情况的通报",
        "各二级党委、直属党支部：",
        "按照“支部换届”工作安排（校党组〔2026〕5号），现将“换届方案”的报送情况通报如下。",
        "一、总体情况",
        "报送时限为3月30日（周一）24:00前（含当日）。截至2026年4月9日，应报8件，已报4件，尚有4件未报送。",
        "二、尚未报送的单位",
        "化学学院党委3件、图书馆直属党支部1件。以上按党组织序列列出，不分先后。",
        "三、有关事项",
    ]


def test_a_form_leaves_its_blanks_blank() -> None:
    word = opened(PAPERS["督办单"])

    rows = {row[0]: row[1:] for row in cells(word.tables[0])}

    sign = ["负责人签字：　　　　　　　　　　　年　　月　　日"]
    assert list(rows) == [
        "办理事项", "依　　据", "承办单位", "目前情况", "办理要求", "办理时限", "领导批示", "承办单位\n意　　见", "办理情况\n反　　馈",
        "签　　发",
    ]  # fmt: skip
    assert (rows["承办单位"], rows["办理时限"], rows["领导批示"]) == (["化学学院党委"], ["4月14日（周二）前"], [""])
    assert (rows["承办单位\n意　　见"], rows["办理情况\n反　　馈"]) == (sign, sign)
    assert rows["签　　发"] == ["（组织部部长）", "日　　期", "2026年　　月　　日"]


def test_a_signed_form_names_its_signer_and_day() -> None:
    word = opened(signed(PAPERS["督办单"]))

    assert "编号：校党组〔2026〕9号" in lines(word)
    assert cells(word.tables[0])[-1] == ["签　　发", "郑直", "日　　期", "2026年4月10日"]


@EACH
def test_a_draft_is_marked_on_every_page_and_a_signed_paper_is_not(paper: PaperContent) -> None:
    drafted, final = opened(paper), opened(signed(paper))

    assert all("代拟稿" in head for head in heads(drafted))
    assert "代拟稿" not in whole(signed(paper))
    assert "校党组〔2026〕9号" in whole(signed(paper))
    assert all(FOOT in head for head in heads(drafted) + heads(final))


@EACH
def test_no_harsh_word_but_the_paper_s_own_name(paper: PaperContent) -> None:
    harsh = replace(paper, task="逾期整改督办", campaign="整顿后进党支部", notice="后进党支部督办方案", notice_number="")

    for content in (harsh, crowded(harsh), signed(harsh)):
        text = whole(content).replace("督　办　单", paper.kind).replace(paper.kind, "")
        assert harsh_words(text) == ()
    assert "将督办" in whole(
        replace(paper, items=(replace(paper.items[0], unit="将督办学院党委"),))
    )  # a unit is called what it is


def test_a_long_title_is_broken_where_its_sense_is() -> None:
    title = opened(replace(TO_CHEMISTRY, task="党支部分类定级情况汇总表")).paragraphs[1]

    assert title.text == "关于党支部分类定级情况汇总表\n报送事项的催办函"


@pytest.mark.parametrize(
    ("notice", "number", "said"),
    [
        ("支部换届", "", "按照“支部换届”工作安排，"),
        ("关于做好支部换届工作的通知", "校党组〔2026〕5号", "按照《关于做好支部换届工作的通知》（校党组〔2026〕5号），"),
        ("《支部换届办法》", "", "按照《支部换届办法》，"),
    ],
)
def test_the_notice_is_cited_as_what_it_is(notice: str, number: str, said: str) -> None:
    content = replace(TO_CHEMISTRY, notice=notice, notice_number=number)

    assert lines(opened(content))[3].startswith(said)


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (Contact(unit="组织部"), "（联系单位：组织部）"),
        (Contact(unit="组织部", phone="0000-0000"), "（联系单位：组织部，电话：0000-0000）"),
        (Contact(name="钱宁"), "（联系人：钱宁）"),
    ],
)
def test_whoever_is_known_can_be_called(contact: Contact, said: str) -> None:
    assert lines(opened(replace(TO_CHEMISTRY, contact=contact)))[-1] == said


# --- many units


@EACH
def test_many_units_are_a_table_on_a_page_of_its_own_whose_head_is_repeated(paper: PaperContent) -> None:
    word = opened(crowded(paper))
    table = word.tables[-1]

    assert paragraph(word, "附件").paragraph_format.page_break_before
    assert [row.cells[1].text for row in table.rows[1:]] == [f"第{no}单位" for no in range(1, 61)]
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows[:3]] == [True, False, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert "名单见附件" in whole(crowded(paper))


@EACH
def test_a_few_units_need_no_attachment(paper: PaperContent) -> None:
    assert "附件" not in whole(crowded(paper, FEW))
    assert "附件" in whole(crowded(paper, FEW + 1))


def test_the_table_of_a_circular_counts_and_that_of_a_letter_says_what_was_answered() -> None:
    circular, letter = (opened(crowded(paper)).tables[-1] for paper in (CIRCULAR, TO_CHEMISTRY))

    assert [c.text for c in circular.rows[0].cells] == ["序号", "单位", "应报", "尚未报送"]
    assert [c.text for c in circular.rows[1].cells] == ["1", "第1单位", "4", "3"]
    assert [c.text for c in letter.rows[1].cells] == ["1", "第1单位", "尚未报送", "已答复4月10日（周五）前报送"]


# --- any text, the same bytes


@EACH
def test_hostile_text_is_shown_as_it_is(paper: PaperContent) -> None:
    content = replace(
        paper, unit=HOSTILE, task=HOSTILE, issuer=HOSTILE, signer=HOSTILE, addressees=(HOSTILE,), notice=HOSTILE, notice_number=HOSTILE,
        until_words=HOSTILE, contact=Contact(unit=HOSTILE, name=HOSTILE, phone=HOSTILE), items=(replace(paper.items[0], unit=HOSTILE),),
    )  # fmt: skip

    text = whole(content)
    again = whole(signed(replace(content, number=HOSTILE)))

    assert text.count(SHOWN) >= 8
    assert "49" not in text.replace("0000", "")
    assert SHOWN in again
    assert len(opened(content).paragraphs) == len(opened(replace(paper, items=paper.items[:1])).paragraphs)


@EACH
def test_the_same_paper_is_the_same_file(paper: PaperContent) -> None:
    first, second = document(signed(paper)), document(signed(paper))

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as found:
        assert {(part.date_time, part.compress_type) for part in found.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)
        }
    properties = Document(io.BytesIO(first)).core_properties
    assert {properties.created.replace(tzinfo=None), properties.modified.replace(tzinfo=None)} == {datetime(2026, 4, 10, 8)}  # noqa: DTZ001


def test_our_templates_are_those_the_script_makes() -> None:
    made = runpy.run_path(str(SCRIPT))["template"]

    assert {kind: made(kind) for kind in KINDS} == {kind: (OURS / FILES[kind]).read_bytes() for kind in KINDS}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PAPERS["督办单"], "公文3-化学学院党委-换届方案-代拟稿.docx"),
        (signed(CIRCULAR), "公文3-学校党委-换届方案.docx"),
        (replace(TO_CHEMISTRY, unit="../a:b", task="逾期整改"), "公文3-_a_b-未报整改-代拟稿.docx"),
    ],
)
def test_the_file_is_called_gently(content: PaperContent, name: str) -> None:
    assert file_name(content, 3) == name


def test_the_longest_names_fit_a_disk() -> None:
    assert len(file_name(replace(TO_CHEMISTRY, unit="院" * 200, task="表" * 200), 10**6).encode()) <= 255


# --- an office's own templates


def own(folder: Path, old: str, new: str, kind: str = "催办函", *, part: str = "word/document.xml") -> Path:
    """Our template with one text of it changed, in a folder."""
    path, out = folder / FILES[kind], io.BytesIO()
    with zipfile.ZipFile(io.BytesIO((OURS / FILES[kind]).read_bytes())) as found, zipfile.ZipFile(out, "w") as packed:
        for name in found.namelist():
            text = found.read(name).decode()
            assert name != part or old in text
            packed.writestr(name, text.replace(old, new) if name.startswith(part) else text)
    path.write_bytes(out.getvalue())
    return path


def test_an_office_s_own_template_replaces_ours_and_the_others_stay(tmp_path: Path) -> None:
    own(tmp_path, "特此函达，感谢支持。", "特此函达，盼复。")

    assert "特此函达，盼复。" in lines(opened(TO_CHEMISTRY, tmp_path))
    assert document(CIRCULAR, tmp_path) == document(CIRCULAR)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ paper.until }}", "{{ paper.untill }}", "用了没有的名称"),
        ("{{ paper.until }}", "{{ boss }}", "用了没有的名称"),
        ("{{ paper.until }}", "{{ paper.until ", "写法有误"),
        ("{{ paper.until }}", "{{ paper.until | safe }}", "写法有误"),
        ("{{ paper.until }}", "{{ paper.__class__.__mro__ }}", "不允许的操作"),
        ("{{ paper.until }}", "{{ 1 // 0 }}", "ZeroDivisionError"),
        ("{%p endif %}", "", "写法有误"),
        (
            "感谢支持。</w:t></w:r></w:p>",
            "{% if not paper.few %}感谢支持。</w:t></w:r></w:p><w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p>",
            "不成文档",
        ),
    ],
)
def test_a_broken_template_is_one_clear_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = own(tmp_path, old, new)

    with pytest.raises(PaperTemplateProblem, match=said) as found:
        document(TO_CHEMISTRY, tmp_path)

    assert [problem.path for problem in found.value.problems] == [str(path)]
    assert found.value.code == "bad-template"
    assert str(pickle.loads(pickle.dumps(found.value))) == str(found.value)


def test_a_template_that_is_not_word_is_said(tmp_path: Path) -> None:
    (tmp_path / FILES["通报"]).write_text("各单位：", encoding="utf-8")

    with pytest.raises(PaperTemplateProblem, match="不是可用的 Word 文件"):
        document(CIRCULAR, tmp_path)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(PaperTemplateProblem, match="没有这个文件夹"):
        document(CIRCULAR, tmp_path / "none")


def test_a_template_cannot_leave_the_draft_s_mark_out(tmp_path: Path) -> None:
    own(tmp_path, "{{ paper.mark }}", "", part="word/header")

    with pytest.raises(PaperTemplateProblem, match="没有标明“代拟稿”"):
        document(TO_CHEMISTRY, tmp_path)
    assert document(signed(TO_CHEMISTRY), tmp_path)
