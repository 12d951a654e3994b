"""Where a short message is cut, and what its marks become."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.forms import COUNT, Blocks, Item, fitted, lookalike, plain, protect, unmarked

BLOCKS = Blocks(
    head="头",
    items=(Item(text="甲", count=2), Item(text="乙", count=3), Item(text="丙", count=5)),
    more=f"另有{COUNT}件",
    foot="尾",
    total=10,
)


# Three bytes a character: 头甲乙丙尾 is 15; 头甲乙另有5件尾 is 3*7+1 = 22, 头甲另有8件尾 19, 头另有10件尾 17.
@pytest.mark.parametrize(
    ("limit", "expected"),
    [(15, "头甲乙丙尾"), (14, None), (999, "头甲乙丙尾")],
)
def test_message_that_fits_to_the_byte_is_whole(limit: int, expected: str | None) -> None:
    made = fitted(BLOCKS, lambda paragraphs: "".join(paragraphs).encode(), limit)

    assert made == (expected.encode() if expected else None)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (22, "头甲乙另有5件尾"),
        (21, "头甲另有8件尾"),
        (19, "头甲另有8件尾"),
        (18, "头另有10件尾"),
        (17, "头另有10件尾"),
        (16, None),
    ],
)
def test_item_that_is_a_byte_too_long_is_counted_instead(limit: int, expected: str | None) -> None:
    long = replace(BLOCKS, items=(*BLOCKS.items[:2], Item(text="丙" * 9, count=5)))

    made = fitted(long, lambda paragraphs: "".join(paragraphs).encode(), limit)

    assert made == (expected.encode() if expected else None)


@pytest.mark.parametrize("name", ["<@all>", "**粗**", "[点](http://x.cn)", "`a`_b_~c~|#!&\\", "三月", COUNT + "\ue02a件"])
def test_data_is_never_a_mark_and_reads_as_it_was(name: str) -> None:
    kept = name.replace(COUNT, "").replace("\ue02a", "")

    assert plain(unmarked(protect(name))) == kept
    assert not set(lookalike(protect(name))) & set("<>@*[]`_~|#!&\\")
    assert plain(lookalike(protect(name))) == lookalike(protect(name))


def test_marks_of_the_template_become_words() -> None:
    assert unmarked("**粗** [查看](https://x.cn/a_b)") == "粗 查看：https://x.cn/a_b"
