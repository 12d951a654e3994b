"""表单: which data a task asks for, as published JSON Schemas, and whether what was sent agrees with them.

    schema("整改计划")                     the JSON Schema, for portals and for people who prepare a file
    check("整改计划", data, scale=...)     every reason why the data cannot be taken, in Chinese; empty if they can

Every example within a schema is itself valid. Limits on text are generous; descriptions say that half a page is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from importlib import resources
from json import loads
from typing import Any

from phases.forms.rules import broken_rules
from phases.forms.shape import Shape, misfits, read_shape
from phases.grading import UNRATED
from workflow.errors import NotFound, Reason

__all__ = ["FORMS", "check", "schema"]

_FILES = {
    "自评": "self_rating.json",
    "测评": "ballots.json",
    "定级": "grading.json",
    "整改计划": "plan.json",
    "整改结果": "result.json",
    "承诺": "promise.json",
    "总结": "summary.json",
}
FORMS = tuple(_FILES)


def schema(form: str, *, scale: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `form`, one of `FORMS`; the caller may change the answer.

    With the campaign's `scale` (best grade first) the grades become an `enum` of its labels; a grader may also answer
    不参评. Raises `NotFound` for any other name.
    """
    fresh = deepcopy(_published(form))
    if scale:
        _limit_labels(fresh, tuple(scale))
    return fresh


def check(form: str, data: object, *, scale: Sequence[str] = ()) -> tuple[Reason, ...]:
    """Everything that is wrong with `data`, decoded JSON sent for `form`; empty if nothing is.

    Entries whose shape is wrong are not checked for arithmetic, all others are. Raises `NotFound` for an unknown form.
    """
    found = misfits(_shape(form, tuple(scale)), data)
    return tuple(misfit.reason for misfit in found) + broken_rules(form, data, [misfit.path for misfit in found])


@cache
def _published(form: str) -> dict[str, Any]:
    if form not in _FILES:
        raise NotFound(f"没有名为“{form}”的表单；可用的有：{'、'.join(FORMS)}。", candidates=FORMS)
    text = resources.files(__package__).joinpath(_FILES[form]).read_text(encoding="utf-8")
    parsed: dict[str, Any] = loads(text)
    return parsed


@cache
def _shape(form: str, scale: tuple[str, ...]) -> Shape:
    return read_shape(schema(form, scale=scale))


def _limit_labels(node: dict[str, Any], scale: tuple[str, ...]) -> None:
    """Writes `enum` wherever the schema says `x-labels`."""
    if labels := node.get("x-labels"):
        node["enum"] = [*scale, UNRATED] if labels == "scale-or-unrated" else [*scale]
    for inner in (*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])):
        _limit_labels(inner, scale)
