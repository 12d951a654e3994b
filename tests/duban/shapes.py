"""Definitions nobody would write: every key of every shape, with the words that spreadsheets and YAML stumble over."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from phases.definition import Definition

ODD = (
    "=1+1", '"引号"', '"', "'", "[]", "{}", "- 甲", "# 井号", "甲 # 乙", "待定", "{单位: 甲，时间：乙}", "｛甲｝", "a: b", "时间：3月",
    "_x000D_", "3.30", "30%", "no", "~", "null", "是", "012", "1e5", "&a", "*a", "!b", "|", "> ", "%", "@", "甲、乙，丙；丁",
    "第一行\n第二行", "\t制表", "甲\u200b乙", "\ufeff头", "甲\x07乙", "甲\r\n乙", "\u2028行", "😀", "甲\\n乙", "字" * 300, "主题",
    "名称: 甲", "+1", "【甲】",
)  # fmt: skip
words = (st.sampled_from(ODD) | st.text(min_size=1, max_size=30)).filter(lambda text: bool(text.strip()))
phrases = words.filter(lambda text: text.strip().count(":") + text.strip().count("：") != 1)
several = st.lists(words, max_size=3)
some = st.lists(words, min_size=1, max_size=3)
flags = st.sampled_from(("是", "否"))
counts = st.integers(1, 400).map(str)
amounts = st.sampled_from(("1", "12", "1以上", "至少3", "1-2"))
days = st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str)
workdays = counts.map(lambda number: f"{number}个工作日")


def mapping(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with some of its keys; every mapping may quote the notice."""
    return st.fixed_dictionaries(required, optional={**optional, "原文": words, "本级补充": flags})


def named(values: Any) -> st.SearchStrategy[Any]:
    return values | st.dictionaries(words, values, min_size=1, max_size=3)


phase = mapping(
    {"名称": words}, 时间=phrases, 要点=several, 适用=several, 推进=st.sampled_from(("按审核", "按时间")), 等支部=flags
)
grading = mapping(
    {"对象": words, "谁来定": words, "等次": several},
    时间=phrases, 参考=several, 办法=words, 名称=words, 阶段=words, 基数=flags, 责任人=several, 锁定=phrases,
)  # fmt: skip
task = mapping(
    {"事项": words},
    谁办=several, 阶段=words, 时间=phrases, 责任人=several, 频次=named(phrases), 数量=named(amounts), 适用等次=several, 适用类别=several,
    范围=words, 没有时=words, 写明=several, 材料=several, 报给=words, 方式=st.lists(st.sampled_from(("纸质", "电子邮件", "在线"))),
    表单=st.sampled_from(("自评", "整改计划")), 可代填=flags, 催办=flags, 锁定=phrases, 比例=words, 口径=words,
)  # fmt: skip
paper = mapping(
    {"谁报": words, "材料": several, "报给": words},
    方式=st.lists(st.sampled_from(("纸质", "在线"))), 时间=phrases, 阶段=words, 支部内部时间=workdays, 名称=words, 责任人=several,
    写明=several, 可代填=flags, 催办=flags, 锁定=phrases,
)  # fmt: skip
target = mapping({"从": words, "到": words, "至少": st.sampled_from(("30%", "0.5%", "33.33%", "100%以上")), "时间": phrases})
project = mapping({"步骤": several}, 写明=several, 谁办=words, 名称=words, 验收=mapping({"校级": words}, 院级=words))
terms = {
    "时刻": st.times().map(lambda hour: f"{hour:%H:%M}"),
    "前提": st.sampled_from(("上一步已发送", "上一步已送达")),
    "空缺时": st.sampled_from(("上级代收", "暂缓")),
    "代号": st.sampled_from(("催办1", "last-step", "第_2_步")),
}
rung = st.one_of(
    mapping({"何时": words, "告诉": words}, 重复=workdays, 间隔=counts, **terms),
    mapping({"何时": words, "提请": words}, 间隔=counts, **terms),
)
question = mapping({"问": words}, 建议=words)
review = mapping(
    {},
    联述=st.lists(mapping({"谁述": words}, 向谁=words, 时间=phrases), max_size=3),
    联评=mapping({"谁评": several}, 时间=phrases),
    联考=mapping({}, 用于=words, 方式=words),
    时间=phrases,
)
contents = mapping(
    {"活动": words, "发文": words},
    文号=words, 印发=days | st.just("待定"), 落款=days, 公布=days, 主题=words, 依据=several, 主送=several, 参加=several, 外部上级=several,
    联系人=mapping({}, 单位=words, 姓名=words, 电话=words), 默认责任人=several, 结束=phrases, 时区=words,
    休息日=st.sampled_from(("保持", "提前", "顺延")), 审核时限=workdays, 锁定=phrases,
    错过时=st.sampled_from(("逐级补", "只报最高一步")),
    起点=mapping({"沿用": words}, 二级党组织=counts, 党支部=counts),
    阶段=st.lists(phase, max_size=2), 定级=st.lists(grading, max_size=2), 任务=st.lists(task, max_size=3),
    报送=st.lists(paper, max_size=2), 目标=st.lists(target, max_size=2), 项目=st.lists(project, max_size=2), 联述联评联考=review,
    督办=st.lists(rung, max_size=2), 日期=st.dictionaries(words, days, max_size=2), 待定=st.lists(question, max_size=2), 说明=words,
)  # fmt: skip
definitions = contents.map(Definition.model_validate)
