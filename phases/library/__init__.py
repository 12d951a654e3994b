"""Ready-made definitions (样式): copy one, put in your own names and days.

Also holds `campaign.schema.json`, which editors use for completion; a test keeps it equal to phases.schema.
"""

from __future__ import annotations

from importlib.resources import files

from workflow.errors import NotFound

TITLES = {
    "standard": "基层组织建设年：标准五阶段，两轮定级",
    "d0": "大学党委全年方案：四个阶段，两级定级，一次报送三份材料",
    "d1": "大学组织部推进活动：没有阶段，有起点、目标、项目，按等次和类别提要求",
    "d2": "领导小组办公室半年通知：四项工作，一次上报，一个以会议为准的时间",
    "d3": "职业学院党总支方案：阶段重叠，责任到人，每周、每月、每学期的工作",
    "d4": "医院党总支意见：按月的阶段，自评、测评、考评三步定级，三级述职",
}


def names() -> tuple[str, ...]:
    """The names to ask for, the standard campaign first."""
    return tuple(TITLES)


def title(name: str) -> str:
    """What a definition is a sample of, in Chinese."""
    return TITLES[_known(name)]


def text(name: str) -> str:
    """The YAML of a definition. Raises `NotFound` with the names there are."""
    return (files(__name__) / f"{_known(name)}.yaml").read_text(encoding="utf-8")


def schema_text() -> str:
    """The committed JSON Schema of definitions."""
    return (files(__name__) / "campaign.schema.json").read_text(encoding="utf-8")


def _known(name: str) -> str:
    if name not in TITLES:
        raise NotFound(f"没有“{name}”这个样式；现有：{'、'.join(TITLES)}", candidates=TITLES)
    return name
