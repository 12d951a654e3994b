"""What is wrong with a request that does not have the shape that was asked for, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workflow.errors import Reason

WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是正确的 JSON",
    "string_type": "要写成文字",
    "string_unicode": "含有不能识别的字符",
    "string_too_short": "太短，至少{min_length}个字",
    "string_too_long": "太长，最多{max_length}个字",
    "string_pattern_mismatch": "含有不能用的字符",
    "int_type": "要写成整数",
    "int_parsing": "要写成整数",
    "int_from_float": "要写成整数",
    "int_parsing_size": "数字太大",
    "bool_type": "要写成 true 或 false",
    "bool_parsing": "要写成 true 或 false",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
    "literal_error": "只能是{expected}",
    "enum": "只能是{expected}",
    "list_type": "要写成列表",
    "too_long": "太多，最多{max_length}个",
    "dict_type": '要写成对象，如 {{"summary": "…"}}',
    "model_attributes_type": "要写成一个 JSON 对象，并且 Content-Type 是 application/json",
    "value_error": "{error}",
}
"""By pydantic's names of what it found."""


def reasons(errors: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """A reason for every place that is wrong: `body.to：要写成 2012-03-30 这样的日期`."""
    return [Reason(code="malformed", text=f"{_place(one['loc'])}：{_words(one)}") for one in errors]


def _place(loc: Sequence[Any]) -> str:
    return ".".join(str(part) for part in loc)


def _words(error: Mapping[str, Any]) -> str:
    words = WORDS.get(str(error["type"]), "不符合要求")
    given: Mapping[str, Any] = error.get("ctx") or {}
    try:
        return words.format_map({name: str(value).replace(" or ", " 或 ") for name, value in given.items()})
    except KeyError:
        return "不符合要求"
