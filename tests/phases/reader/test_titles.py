"""What a campaign is called, taken from the title of its notice."""

from __future__ import annotations

import pytest

from phases.reader.titles import campaign_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("关于做好2026年毕业生党员组织关系转接工作的通知", "2026年毕业生党员组织关系转接工作"),
        ("示例大学关于开展支部规范年活动的实施方案", "支部规范年活动"),
        ("关于在主题教育中深入开展支部对标活动的实施意见", "支部对标活动"),
        ("关于在全县中小学开展“书香校园”创建活动的实施意见", "“书香校园”创建活动"),
        ("关于印发《2019年支部换届工作方案》的通知", "2019年支部换届"),
        ("示例学院“支部规范年”活动实施方案", "示例学院“支部规范年”活动"),
        ("青石县村级组织评星定级", "青石县村级组织评星定级"),
        ("通知", "通知"),
    ],
)
def test_the_words_around_the_matter_are_left_away(title, name):
    assert campaign_name(title) == name
