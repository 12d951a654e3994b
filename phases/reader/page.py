"""What a line of a page is by its own words: furniture, the page's header, an index card, a document number, an imprint."""

from __future__ import annotations

import re
from enum import StrEnum

from phases.reader.names import DOCUMENT_NO, LETTERHEAD, TITLE_START, is_title_end


class Part(StrEnum):
    """部位. `CARD` is the index card a portal lays over an article (索引号 …), `HEADER` a line of the page about this very text."""

    FURNITURE = "页面"
    CARD = "索引"
    HEADER = "页眉"
    LETTERHEAD = "文头"
    NUMBER = "文号"
    TITLE = "标题"
    ADDRESSEES = "主送"
    TEXT = "正文"
    SIGNATURE = "落款"
    ATTACHMENTS = "附件"
    KEYWORDS = "主题词"
    COPIES = "抄送"
    IMPRINT = "印发"


_NUMERAL = "[0-9〇零oO一二三四五六七八九十廿卅]"
DAY = re.compile(
    rf"{_NUMERAL}{{0,4}}\s?年\s?{_NUMERAL}{{0,3}}\s?月\s?{_NUMERAL}{{0,3}}\s?[日号]|(?:19|20)[0-9]{{2}}\s?[-./]\s?[0-9]{{1,2}}\s?[-./]\s?[0-9]{{1,2}}"
)
"""A day of the calendar as signatures and pages write it; also a damaged one."""

_BAR = (
    "当前位置|您(?:现在)?的?(?:当前)?位置|(?:网站)?首页(?:$|[ >-])|打印|关闭|分享|上一[篇条页]|下一[篇条页]|扫一扫|"
    "返回(?:$|顶部|首页|列表|上)|字[体号]|"
    "版权所有|[Cc]opyright|技术支持|您访问的|责任编辑|编辑:|审核:|浏览(?:次数|量)|阅读(?:次数|量)|点击(?:率|数|量|次数)|访问量|网站地图|联系我们$|"
    "(?:相关|热门)(?:链接|文章|新闻|附件|信息|阅读|词条|推荐)|联络我们$|附件下载|热点|收藏|登录|注册|视力保护|无障碍|我要纠错|背景色|站内搜索|搜索|语音播报|朗读|主办单位?:.*版权|"
    "[^。]{0,60}(?:ICP备|公网安备)|微信|关注我们|点赞|保护视力|双击|[(]?责编|文章录入|本文地址|下载次数|【?字体|A[+-]|【?打印|本站|发送给好友"
)
_FURNITURE = re.compile(rf"^[\[【•·●>»\s-]*(?:{_BAR})")
CRUMBS = re.compile(r"^[•·●»]\s?(?![0-9])\S{1,14}$|^[^。,]{0,40}(?: ?(?:>>?|»|›) ?[^。,]{1,30})+$")
CARD = re.compile(
    r"索\s?引\s?号|主题分类|信息分类|公开(?:类别|方式|目录|范围)|发文字号|发文机[关构]|组配分类|体裁分类|有\s?效\s?性|信息索引|生成日期|成文日期|废止日期|公文种类|服务对象"
)
_LABEL = re.compile(
    r"(?:发布|发文|发表|成文|印发|更新|录入|添加|制定|编辑|信息|文章|稿件)?(?:日期|时间|来源|作者)\s?:|(?:发布|录入|上传|编辑|审核|撰稿|供稿|作)(?:人|者|单位|部门|机构)\s?:|"
    r"(?:浏览|阅读|点击|访问|查看|人气)(?:次数|量|率|数)?\s?:|文字\s?:|供稿\s?:|编辑\s?:|字号\s?:"
)
_STAMP = re.compile(
    r"(?:19|20)[0-9]{2}\s?[-./]\s?[0-9]{1,2}\s?[-./]\s?[0-9]{1,2}|[0-9]{1,2}:[0-9]{2}|(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日"
)
_BARE_STAMP = re.compile(rf"^[\[(]?\s?(?:{_STAMP.pattern})[\s0-9:\])]*$")
_IMPRINT = re.compile(rf"(?:{DAY.pattern})\s?(?:印发?|印制|封发)$")
_KEYWORDS = re.compile(r"^主\s?题\s?词")
_COPIES = re.compile(r"^(?:抄\s?[送报]|分送|发送?|报|送)\s?:|^[(]?(?:此件|共印|印[0-9]+份|校对)")


def by_itself(text: str, *, is_top: bool, is_end: bool) -> Part:
    """What a passage is by its own words."""
    if is_top and CARD.search(text) and not is_title_end(text):
        return Part.CARD
    if is_top and _is_header(text):
        return Part.HEADER
    if len(text) <= 150 and _FURNITURE.match(text):
        return Part.FURNITURE
    if is_top and CRUMBS.match(text):
        return Part.FURNITURE
    if is_top and len(text) <= 60 and DOCUMENT_NO.match(text):
        return Part.NUMBER
    if (is_top or is_end) and LETTERHEAD.match(text) and not TITLE_START.search(text):
        return Part.LETTERHEAD
    if _KEYWORDS.match(text):
        return Part.KEYWORDS
    if len(text) <= 80 and _IMPRINT.search(text):
        return Part.IMPRINT
    if _COPIES.match(text):
        return Part.COPIES
    return Part.TEXT if re.search(r"[0-9A-Za-z一-鿿]", text) else Part.FURNITURE


def _is_header(text: str) -> bool:
    if len(text) > 160 or "。" in text:
        return False
    labels = _LABEL.findall(text)
    if _BARE_STAMP.match(text):
        return True
    bare = len(labels) == 1 and labels[0].startswith(("时间", "日期"))
    return bool(labels) and (len(labels) > 1 or not bare or bool(re.search(r"[0-9]{4}-[0-9]|:[0-9]{2}", text)))
