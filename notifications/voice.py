"""Which words may a message not carry, and which must it carry? (工作提示的口气)

A message is a 工作提示: no reproach, no threat, no grade. The words of a notice are data, so a task's or a campaign's name may
bring a harsh word along; then its gentler neighbour is shown. Names of units and people are shown as they are.
"""

from __future__ import annotations

import re
import unicodedata

TITLE = "工作提示"
CLOSING = "如已报送，请忽略"
FOOT = "非涉密系统，严禁处理国家秘密"
DECISION_PAPER = "督办单"  # one of the four answers of a leader; may stand in the body of a letter that asks for a decision

GENTLER = {"将上报": "将报送", "后进": "有关", "督办": "办理", "逾期": "未报"}
FORBIDDEN = tuple(GENTLER)
STERN = ("问责", "通报", "批评", "排名", "名次", "限期")  # no wording of ours; a notice may use them in a name (通报表彰)

_UNSEEN = re.compile(r"\s+")


def one_line(text: str) -> str:
    """The text on one line: line breaks and control characters become a space, invisible ones (zero width) vanish."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _UNSEEN.sub(" ", "".join(map(_seen, text))).strip()


def clipped(text: str, most: int) -> str:
    """At most `most` characters, the last one 「…」 if something was cut off."""
    return text if len(text) <= most else text[: most - 1] + "…"


def gentle(name: str) -> str:
    """A task's or campaign's name without the words no message carries: 「整顿后进党支部」 reads 「整顿有关党支部」."""
    while any(word in name for word in FORBIDDEN):  # again, as a replacement may join two halves
        for word, instead in GENTLER.items():
            name = name.replace(word, instead)
    return name


def harsh_words(text: str, *, may_name_paper: bool = False) -> tuple[str, ...]:
    """The words in `text` that a message may not carry."""
    text = text.replace(DECISION_PAPER, "") if may_name_paper else text
    return tuple(word for word in (*FORBIDDEN, *STERN) if word in text)


def missing_words(text: str) -> tuple[str, ...]:
    """The sentences every message carries that `text` lacks."""
    return tuple(words for words in (CLOSING, FOOT) if words not in text)


def _seen(char: str) -> str:
    match unicodedata.category(char):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Cs":
            return ""
        case _:
            return char
