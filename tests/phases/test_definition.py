"""The shape of a definition: what each key may hold, what is said when it doesn't, and the schema editors use."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from phases import library
from phases.compile import compile_definition
from phases.definition import keys_of, known_keys, shapes
from phases.schema import definition_schema, schema_text
from workflow.errors import DefinitionError, NotFound

HEAD = "活动: 试点\n发文: 学校党委\n印发: 2012-03-26\n参加: [党支部]\n"


def problems(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        compile_definition(text)
    return [str(problem) for problem in refused.value.problems]


def as_editors_read(text: str) -> Any:
    """YAML 1.2 as a language server hands it to the schema: dates are text."""
    value = YAML(typ="safe", pure=True).load(io.StringIO(text))
    return json.loads(json.dumps(value, default=lambda day: day.isoformat() if isinstance(day, date) else str(day)))


def test_the_committed_schema_is_the_one_the_models_make() -> None:
    committed = library.schema_text()

    assert committed == schema_text()


@pytest.mark.parametrize("name", library.names())
def test_every_library_definition_follows_the_schema_and_names_it_in_its_first_line(name: str) -> None:
    text = library.text(name)

    jsonschema.validate(as_editors_read(text), definition_schema())

    assert text.splitlines()[0] == "# yaml-language-server: $schema=campaign.schema.json"


def test_the_schema_refuses_a_key_that_a_definition_does_not_know() -> None:
    mistyped = as_editors_read(HEAD + "任务:\n  - {事项: 甲, 负责人: 乙}\n")

    with pytest.raises(jsonschema.ValidationError, match="负责人"):
        jsonschema.validate(mistyped, definition_schema())


def test_every_key_is_explained_in_both_languages() -> None:
    fields = [field for shape in shapes() for field in shape.model_fields.values()]

    explained = [str(field.description).partition(" / ") for field in fields]

    assert all(chinese and english for chinese, _, english in explained)


def test_quote_and_local_addition_may_stand_in_every_mapping() -> None:
    assert all({"原文", "本级补充"} <= set(keys_of(shape)) for shape in shapes())
    assert {"活动", "事项", "谁报", "何时"} <= known_keys()


def test_an_unknown_library_name_says_which_there_are() -> None:
    with pytest.raises(NotFound, match="standard") as refused:
        library.text("d9")

    assert refused.value.candidates == library.names()
    assert library.title("d4").startswith("医院")


@pytest.mark.parametrize(
    ("line", "path", "said"),
    [
        ("任务:\n  - {事项: 甲, 负责人: 乙}\n", "任务[1].负责人", "是不是“责任人”"),
        ("任务:\n  - {事项: 甲, 截止时间: 4月底前}\n", "任务[1].截止时间", "是不是“时间”"),
        ("任务:\n  - {事项: 甲, 报送: 组织部}\n", "任务[1].报送", "是不是“报给”"),
        ("任务:\n  - {事项: 甲, 目标: 乙}\n", "任务[1].目标", "应顶格写在最外层"),
        ("任务:\n  - {事项: 甲, 何时: 当天}\n", "任务[1].何时", "它属于“督办”"),
        ("主提: 甲\n", "主提", "是不是“主题”"),
        ("报送:\n  - {谁报: 党支部, 材料: [甲]}\n", "报送[1].报给", "缺少“报给”"),
        ("任务:\n  - {事项: , 时间: 4月底前}\n", "任务[1].事项", "这里空着"),
        ("阶段: 调查摸底\n", "阶段", "应是一个清单，每项前面加“- ”，现在是“调查摸底”"),
        ("任务:\n  - 写总结\n", "任务[1]", "应是一组“名称: 内容”，现在是“写总结”"),
        ("主题: [甲, 乙]\n", "主题", "写一句话，现在是一个清单"),
        ("任务:\n  - {事项: 甲, 责任人: {乙: 丙}}\n", "任务[1].责任人", "写一个清单"),
        ("任务:\n  - {事项: 甲, 责任人: [乙、丙]}\n", "任务[1].责任人[1]", "几项写成了一项"),
        ("落款: 2012-02-30\n", "落款", "这一天不存在"),
        ("落款: 三月底\n", "落款", "不是一个日期"),
        ("日期: {党代会: 待定}\n", "日期.党代会", "没有定的写进“待定”"),
        ("任务:\n  - {事项: 甲, 数量: 0}\n", "任务[1].数量", "要大于0"),
        ("任务:\n  - {事项: 甲, 数量: -2}\n", "任务[1].数量", "要大于0"),
        ("任务:\n  - {事项: 甲, 数量: 3-2}\n", "任务[1].数量", "后一个数比前一个小"),
        ("任务:\n  - {事项: 甲, 数量: {乙: 若干}}\n", "任务[1].数量.乙", "看不懂"),
        ("任务:\n  - {事项: 甲, 可代填: 也许}\n", "任务[1].可代填", "写 是 或 否"),
        ("任务:\n  - {事项: 甲, 表单: 自平}\n", "任务[1].表单", "没有“自平”这种表单"),
        ("任务:\n  - {事项: 甲, 方式: 传真}\n", "任务[1].方式", "可写 纸质、电子邮件、在线"),
        ("休息日: 照旧\n", "休息日", "保持、提前 或 顺延"),
        ("审核时限: 马上\n", "审核时限", "按工作日写"),
        ("时区: Asia/Changsha\n", "时区", "没有“Asia/Changsha”这个时区"),
        ("督办:\n  - {何时: 当天}\n", "督办[1]", "“告诉”和“提请”要写一个"),
        ("督办:\n  - {何时: 当天, 告诉: 书记, 最多: 2}\n", "督办[1]", "没有写“重复”"),
        ("督办:\n  - {何时: 当天, 告诉: 书记, 时刻: 25:00}\n", "督办[1].时刻", "请写成 08:30 这样的24小时钟点"),
        ("督办:\n  - {何时: 当天, 告诉: 书记, 时刻: 上午}\n", "督办[1].时刻", "时刻“上午”看不懂"),
        ("督办:\n  - {何时: 当天, 告诉: 书记, 前提: 已发送}\n", "督办[1].前提", "写 上一步已发送 或 上一步已送达"),
        ("督办:\n  - {何时: 当天, 告诉: 书记, 空缺时: 不发}\n", "督办[1].空缺时", "写 上级代收 或 暂缓"),
        ("督办:\n  - {何时: 当天, 告诉: 书记, 代号: review-1}\n", "督办[1].代号", "不要以 review- 开头"),
        ("督办:\n  - {何时: 当天, 告诉: 书记, 代号: '+1:书记'}\n", "督办[1].代号", "汉字、字母、数字或短横"),
        ("督办:\n  - {何时: 当天, 告诉: 书记, 间隔: 0}\n", "督办[1].间隔", "大于0"),
        ("错过时: 都补\n", "错过时", "写 逐级补 或 只报最高一步"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_place_and_a_remedy(line: str, path: str, said: str) -> None:
    (problem,) = problems(HEAD + line)

    assert f"，{path}：" in problem
    assert said in problem


def test_a_missing_key_is_placed_at_the_item_that_lacks_it() -> None:
    text = HEAD + "任务:\n  - 事项: 甲\n  - 谁办: 党支部\n    时间: 4月底前\n"

    (problem,) = problems(text)

    assert problem == "第7行，任务[2].事项：缺少“事项”；请补上一行“事项: …”"


def test_a_whole_item_under_the_wrong_heading_is_one_problem() -> None:
    text = HEAD + "任务:\n  - 对象: 党支部\n    谁来定: 二级党组织\n    等次: [先进, 一般]\n"

    (problem,) = problems(text)

    assert "第6行，任务[1]：这一项像是“定级”的内容" in problem


def test_keys_left_empty_count_as_left_out() -> None:
    campaign = compile_definition(HEAD + "文号:\n任务:\n目标:\n联系人:\n")

    assert campaign.document_no is None
    assert campaign.tasks == ()


def test_words_stay_words_whatever_yaml_would_make_of_them() -> None:
    text = HEAD + "文号: 010\n联系人: {姓名: no, 电话: 13800000000}\n依据: [1.10, 2012-03-01]\n"

    campaign = compile_definition(text)

    assert campaign.document_no == "010"
    assert (campaign.contact.name, campaign.contact.phone) == ("no", "13800000000")
    assert campaign.basis == ("1.10", "2012-03-01")


def test_one_item_may_stand_for_a_list_of_one() -> None:
    text = HEAD + "任务:\n  - {事项: 甲, 谁办: 党支部, 责任人: 张老师, 方式: 纸质, 材料: 总结, 报给: 组织部}\n"

    (task,) = compile_definition(text).tasks

    assert task.owners == ("张老师",)
    assert task.materials == ("总结",)
