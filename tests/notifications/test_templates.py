"""What an office may change in the wording, and what it is told when something is wrong."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from notifications.letter import Letter
from notifications.preview import examples
from notifications.render import FILES, KINDS, TemplateProblem, Templates, render
from workflow.errors import Problem

OURS = resources.files("notifications") / "templates"


def test_our_own_templates_are_sound() -> None:
    templates = Templates()

    assert len(templates.version) == 12


def test_every_template_file_is_known() -> None:
    assert sorted(f.name for f in OURS.iterdir() if f.name.endswith(".j2")) == sorted(FILES)


def test_one_changed_sentence_shows_in_text_and_html_and_in_the_version(tmp_path: Path, to_li: Letter) -> None:
    _change(tmp_path, "wording.j2", "同志：", "老师：")

    rendered = Templates(tmp_path).render(to_li)

    assert "李可老师：" in rendered.text
    assert "李可老师：" in rendered.html
    assert rendered.template_version != render(to_li).template_version


def test_subject_written_on_two_lines_is_sent_as_one(tmp_path: Path, to_li: Letter) -> None:
    _change(tmp_path, "subject.j2", "工作提示：", "工作提示：\n学校")

    assert Templates(tmp_path).render(to_li).subject.startswith("工作提示： 学校基层组织建设年")


def test_empty_override_folder_changes_nothing(tmp_path: Path, to_li: Letter) -> None:
    assert Templates(tmp_path).render(to_li) == render(to_li)


def test_misspelt_name_is_found_at_loading_with_file_and_line(tmp_path: Path) -> None:
    path = _change(tmp_path, "wording.j2", "{{ letter.recipient }}", "{{ letter.recipent }}")
    line = _line_of(path, "recipent")

    problems = _problems(tmp_path)

    assert {(p.path, p.line) for p in problems} == {(str(path), line)}
    assert "recipent" in problems[0].text


def test_unknown_name_in_a_branch_no_example_reaches_is_found(tmp_path: Path) -> None:
    path = _change(tmp_path, "subject.j2", "工作提示：", "{% if letter.campaigns > 99 %}\n{{ boss }}{% endif %}工作提示：")

    problems = _problems(tmp_path)

    assert [(p.path, p.line) for p in problems] == [(str(path), _line_of(path, "boss"))]


def test_all_problems_of_all_files_are_listed_at_once(tmp_path: Path) -> None:
    subject = _change(tmp_path, "subject.j2", "{% endif %}", "{% endfi %}", count=1)
    text = _change(tmp_path, "letter.txt.j2", "{{ say.closing() }}", "{{ say.closing( }}")
    (tmp_path / "leter.html.j2").write_text("x", encoding="utf-8")
    (tmp_path / "wording.j2").write_bytes("措辞".encode("gb18030"))

    problems = _problems(tmp_path)

    others = {str(tmp_path / "leter.html.j2"), str(tmp_path / "wording.j2")}
    assert {p.path for p in problems} == {str(subject), str(text)} | others
    assert all(p.line for p in problems if p.path in (str(subject), str(text)))


def test_missing_override_folder_is_said(tmp_path: Path) -> None:
    problems = _problems(tmp_path / "nowhere")

    assert "没有这个文件夹" in problems[0].text


@pytest.mark.parametrize(
    "attack",
    [
        "{{ letter.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ letter.own.lines.__getitem__.__globals__ }}",
        "{% for n in range(10**9) %}{% endfor %}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_template_cannot_leave_its_sandbox(tmp_path: Path, attack: str) -> None:
    path = _change(tmp_path, "letter.txt.j2", "{{ say.closing() }}", attack + "{{ say.closing() }}")

    problems = _problems(tmp_path)

    assert {(p.path, p.line) for p in problems} == {(str(path), _line_of(path, attack))}


@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        ("wording.j2", "请抽空办理；", "已逾期；", "逾期"),
        ("wording.j2", "请您联系一下", "否则将上报", "将上报"),
        ("subject.j2", "请您定", "督办单：请您定", "督办"),
        ("wording.j2", "有困难请来电", "否则通报", "通报"),
    ],
)
def test_harsh_wording_is_refused_with_its_line(tmp_path: Path, file: str, old: str, new: str, word: str) -> None:
    path = _change(tmp_path, file, old, new)

    problems = _problems(tmp_path)

    assert any((p.path, p.line) == (str(path), _line_of(path, new)) and f"“{word}”" in p.text for p in problems)


def test_wording_that_drops_an_obligatory_sentence_is_refused(tmp_path: Path) -> None:
    _change(tmp_path, "wording.j2", "如已报送，请忽略。", "谢谢。")

    problems = _problems(tmp_path)

    assert all("如已报送，请忽略" in p.text for p in problems)


def test_html_that_switches_escaping_off_is_refused(tmp_path: Path) -> None:
    path = _change(tmp_path, "wording.j2", "{{ unit.name }}", "{{ unit.name|safe }}")

    problems = _problems(tmp_path)

    assert path.name == "wording.j2"
    assert [p.path for p in problems] == ["notifications/templates/letter.html.j2"]
    assert "没有转义" in problems[0].text


def test_value_missing_for_one_letter_only_is_that_letters_problem(tmp_path: Path, to_li: Letter) -> None:
    old, new = "{{ letter.contact.phone }}", "{{ {'0000-1234': 1, '0000-5678': 2}[letter.contact.phone] }}"
    path = _change(tmp_path, "wording.j2", old, new)
    templates = Templates(tmp_path)
    zhao = _with_phone(to_li, "0000-9999")

    with pytest.raises(TemplateProblem) as caught:
        templates.render(zhao)

    assert [(p.path, p.line) for p in caught.value.problems] == [(str(path), _line_of(path, "0000-5678"))]
    assert str(path) in str(caught.value)
    assert "李可同志" in templates.render(to_li).text


@pytest.mark.parametrize(
    ("file", "example", "shows"),
    [
        ("letter.remind.txt.j2", "支部书记：一件事，时限前", True),
        ("letter.remind.txt.j2", "组织员：八个支部", False),
        ("letter.chase.txt.j2", "组织员：八个支部", True),
        ("letter.chase.txt.j2", "组织员：待审核，也有支部回应", True),
        ("letter.oversee.txt.j2", "二级党委书记：自己的和支部的", True),
        ("letter.chase.txt.j2", "二级党委书记：自己的和支部的", False),
        ("letter.ask.txt.j2", "部长：请定，也是支部书记", True),
        ("letter.remind.txt.j2", "部长：请定，也是支部书记", False),
        ("letter.review.txt.j2", "组织员：只有待审核的", True),
        ("letter.review.txt.j2", "组织员：待审核，也有支部回应", False),
    ],
)
def test_template_of_a_kind_is_used_for_letters_whose_highest_line_is_of_it(
    tmp_path: Path, file: str, example: str, shows: bool
) -> None:
    text = (OURS / "letter.txt.j2").read_text("utf-8")
    (tmp_path / file).write_text(text + "\n校内专用。\n", encoding="utf-8")

    rendered = Templates(tmp_path).render(examples()[example])

    assert ("校内专用。" in rendered.text) == shows
    assert "校内专用。" not in rendered.html


def test_kinds_have_their_own_subject_page_robot_and_text_message(tmp_path: Path, to_li: Letter) -> None:
    for base, old, new in (
        ("subject.j2", "工作提示：", "工作提示（校内）："),
        ("letter.html.j2", "<title>工作提示", "<title>校内工作提示"),
        ("robot.md.j2", "**工作提示：", "**校内工作提示："),
        ("sms.txt.j2", "称呼：", "校名：示例大学\n称呼："),
    ):
        stem, _, rest = base.partition(".")
        text = (OURS / base).read_text("utf-8")
        assert old in text
        (tmp_path / f"{stem}.remind.{rest}").write_text(text.replace(old, new), encoding="utf-8")

    rendered = Templates(tmp_path).render(to_li)

    assert rendered.subject.startswith("工作提示（校内）：")
    assert "<title>校内工作提示" in rendered.html
    assert rendered.blocks
    assert rendered.blocks.head.startswith("**校内工作提示：")
    assert rendered.facts["校名"] == "示例大学"
    assert rendered.template_version != render(to_li).template_version


@pytest.mark.parametrize("name", ["letter.urge.txt.j2", "wording.chase.j2", "letter.txt.chase.j2", "robot.j2", "sms.j2"])
def test_unknown_template_name_is_told_the_permitted_ones(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")

    [problem] = _problems(tmp_path)

    assert problem.path == str(tmp_path / name)
    for permitted in (
        "letter.txt.j2",
        "robot.md.j2",
        "sms.txt.j2",
        "letter.chase.txt.j2",
        "subject.ask.j2",
        "robot.review.md.j2",
    ):
        assert permitted in problem.text


def test_templates_of_every_kind_are_tried_out_at_loading(tmp_path: Path) -> None:
    paths = [_change_as(tmp_path, f"letter.{kind}.txt.j2", "letter.txt.j2", "{{ say.closing() }}", "{{ letter.boss }}{{ say.closing() }}")
             for kind in KINDS]  # fmt: skip

    problems = _problems(tmp_path)

    assert {problem.path for problem in problems} == {str(path) for path in paths}
    assert all(problem.line for problem in problems)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("stem", "base", "old"),
    [
        ("subject.{}.j2", "subject.j2", "工作提示："),
        ("letter.{}.txt.j2", "letter.txt.j2", "{{ say.closing() }}"),
        ("letter.{}.html.j2", "letter.html.j2", "{{ say.closing() }}"),
        ("robot.{}.md.j2", "robot.md.j2", "{{ say.closing() }}"),
        ("sms.{}.txt.j2", "sms.txt.j2", "称呼："),
    ],
)
def test_template_of_one_kind_obeys_the_voice(tmp_path: Path, kind: str, stem: str, base: str, old: str) -> None:
    path = _change_as(tmp_path, stem.format(kind), base, old, f"{old}已逾期，名次靠后")

    problems = _problems(tmp_path)

    assert {(p.path, p.line) for p in problems} == {(str(path), _line_of(path, "已逾期"))}
    assert {word for p in problems for word in ("逾期", "名次") if f"“{word}”" in p.text} == {"逾期", "名次"}


def test_page_of_one_kind_that_switches_escaping_off_is_refused(tmp_path: Path) -> None:
    path = _change_as(
        tmp_path,
        "letter.ask.html.j2",
        "letter.html.j2",
        "{{ say.units(group) or",
        "{{ group.units[1].name|safe }}{{ say.units(group) or",
    )

    problems = _problems(tmp_path)

    assert any(problem.path == str(path) for problem in problems)


def test_robot_that_lacks_a_piece_is_told_which(tmp_path: Path) -> None:
    path = _change(tmp_path, "robot.md.j2", "macro more(", "macro mehr(")

    [problem] = _problems(tmp_path)

    assert problem.path == str(path)
    assert "少了 more 这几段" in problem.text


def test_robot_that_is_too_long_or_harsh_or_drops_the_closing_is_refused(tmp_path: Path) -> None:
    path = _change(tmp_path, "robot.md.j2", "{{ say.closing() }}", "逾期" + "校" * 400)

    problems = _problems(tmp_path)

    assert {problem.path for problem in problems} == {str(path)}
    for words in ("“逾期”", "“如已报送，请忽略”", "请写短些"):
        assert any(words in problem.text for problem in problems)


def test_robot_never_learns_whom_it_is_for(tmp_path: Path, to_li: Letter) -> None:
    _change(tmp_path, "robot.md.j2", "{{ say.closing() }}", "{{ say.greeting(letter) }}{{ letter.role }}{{ say.closing() }}")

    blocks = Templates(tmp_path).render(to_li).blocks

    assert blocks
    assert to_li.recipient not in blocks.foot
    assert "书记" not in blocks.foot


@pytest.mark.parametrize("line", ["没有冒号", "电话：", "：空", "件数：1"])
def test_fact_of_a_text_message_that_is_none_is_shown(tmp_path: Path, line: str) -> None:
    path = _change(tmp_path, "sms.txt.j2", "称呼：", f"{line}\n称呼：")

    problems = _problems(tmp_path)

    assert {problem.path for problem in problems} == {str(path)}
    assert "名称：值" in problems[0].text


def test_a_text_message_may_be_filled_with_seven_facts() -> None:
    rendered = Templates().render(next(iter(examples().values())))

    assert tuple(rendered.facts) == ("称呼", "活动", "事项", "件数", "时限", "联系人", "电话")


def _change_as(folder: Path, name: str, base: str, old: str, new: str) -> Path:
    text = (OURS / base).read_text("utf-8")
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def _with_phone(letter: Letter, phone: str) -> Letter:
    return replace(letter, contact=replace(letter.contact, phone=phone))


def _change(folder: Path, name: str, old: str, new: str, count: int = -1) -> Path:
    """A copy of one of our templates in `folder` with one thing changed."""
    text = (OURS / name).read_text("utf-8")
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    return path


def _line_of(path: Path, words: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if words in line)


def _problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(TemplateProblem) as caught:
        Templates(folder)
    return caught.value.problems
