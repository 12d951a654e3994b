"""Which papers some words name, and in which form they are wanted: `《汇总表》、总结及电子版` are two papers, on paper and by e-mail."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phases.reader.plain import plain
from phases.reader.utterance import shape
from workflow.model import Way

_KIND = (
    r"(?:总结|材料|[^代发外手]表|报告|方案|计划|规划|[^证背]书|情况|清单|台账|台帐|名单|名册|记录|纪要|照片|图片|视频|文件|稿|论文|征文|案例|说明|意见|建议|简介|提纲|"
    r"档案|信息|数据|统计|作品|成果|做法|经验|请示|批复|函|报表|事迹|课件|教案|简报|心得|体会|文本|名称|议题|选题|项目|推荐人选|人选|措施|回执|证明|票据|资料|心得体会|"
    r"一览表|汇总|附件|附表[0-9]{0,2}|附件[0-9]{0,2}|结果|手册|协议|合同|发言|题目|党费|承诺|责任状|责任书|证书|信|(?<!造)册|单|目录|原件|版|电子档|件|份|卷|题|PPT|收据|表格|凭证|发票|意见书|》|”)"
)
_PAPER_END = re.compile(rf"(?:{_KIND})(?:\([^()]{{0,60}}\))?$")

# 纸质版, 电子文档, 盖章扫描件: a form, no paper of its own
FORM = (
    r"(?:(?:加?盖公?章|签字|签章|签名|盖章)+(?:后|的|版|件)*)?(?:纸质|纸制|电子|书面|打印|扫描|复印|PDF|pdf|[Ww][Oo][Rr][Dd]|[Ee]xcel|EXCEL|纸介质|盖章|签字盖章)"
    r"(?:扫描)?(?:文本|文档|文件|材料|文稿|表格|版本|版|稿|件|档|表|签字|盖章|格式)?(?:材料|文件|文档)?"
)
_FORMS_ONLY = re.compile(
    rf"^(?:(?:以上|上述|所有|全部|相关|有关|其|该|各项?|此|本|两份|三份|[0-9一二两三四]份|[0-9一二两三四][项种]|报送|申报|评审|材料|资料|的)*(?:{FORM}|原件|附件)?(?:[、和及与]|以及)?(?:同时)?(?:{FORM})?"
    r"(?:各?一式?[0-9一二两三四五六七八九十]+份?|各[0-9一二两三四五六七八九十]+份)?)$"
)
_VAGUE_ONLY = re.compile(
    r"^(?:以上|上述|所有|全部|相关|有关|该|各项?|此|本|其|两份|三份|[0-9一二两三四]份|[0-9一二两三四][项种]|的|书面|纸质|电子)*(?:材料|资料|文件|表格|报表|清单|表|它)$"
)
_FORM_TAIL = re.compile(
    rf"(?:[,、和及与]|以及|并|的|一式)?\(?含?(?:{FORM}|原件)(?:(?:[、和及与]|以及)(?:{FORM}))?(?:各?一式[0-9一二两三四五六七八九十]+份|各?[0-9一二两三四五六七八九十]+份)?\)?$"
)
_TAIL = re.compile(
    r"(?:[,、]|一并|一起|压缩后?|打包后?|统一|按时|及时|按期|如期|汇总后?|整理后?|签字|盖章|加盖(?:公章|印章)|签字盖章|后|经[^,。;]{2,20}[后定]|进行|按(?:照)?(?:时间|要求|规定|文件)+|以[^,。;]{1,8}形式|"
    r"[各均]?一式[0-9一二两三四五六七八九十]+份|各?[0-9一二两三四五六七八九十]{1,3}份|一次性|集中|同时|分别|请|于|在|务必|必须|须|应|前|并|均|也|再|先|要|需|需要|直接|抓紧|认真|书面|正式|"
    r"汇总|分)$"
)
# (见附件2), (书记签字或盖章): how, not what
_REMARK = re.compile(
    r"\((?=[^()]{0,60}(?:附件|附表|见|一式|份|签字|签名|盖章|印章|公章|纸质|电子|不少于|不超过|字|格式|模板|含|@|另附|[月日]前))[^()]{1,60}\)$"
)
_HEAD = re.compile(
    r"^(?:的(?=.)|(?:纸质版|电子版|书面的?|打印好的)的?(?=[^材料文件稿版报].)|请|并|将|把|同时|认真|及时|按时|按要求|统一|如实|仔细|准确|规范|另外?|需|须|要|应|可|其中|做好|写好|填好|填写好?的?|撰写好?的?|签字盖章后?的|加盖公章的|盖章后?的|完成的?|形成的?|"
    r"制定的?|修改后的|修订后的|审核(?:通过|后)的|整理好的|汇总(?:好的?|的)|最终|定稿的?|[,、:\s]|相关的?(?=.{3})|有关的?(?=.{4})|本(?:单位|部门|支部|学院|院|系(?![统部列])|党支部|党总支|校|地区?|级)的?(?!教育|各|所属)|各自的?|"
    r"所属|前)+"
)
_DIVIDED = re.compile(r",?(?:连同|并附(?:上)?|附上?|以及)|[、,]|及其?|(?<![中饱总调缓温])和(?![谐睦平])|(?<!参)与(?!会)|暨")
_MADE = re.compile(
    r"(?:填写|填报|填好|填妥|建立|撰写|形成|制定|制订|拟定|拟订|编制|整理|拿出|写出|写好|起草|提出|梳理|提供|准备|完成|签订|签署|汇总(?!表)|编写|做好|提炼|征集)(?:完成|好|出|一份|1份|书面|各自|本单位|本部门|[0-9一二]篇)*"
    r"(?P<paper>[^,。;:]{2,60}?)(?=[,。;:]|$|并|报送|上报|\(见|加盖)"
)
_LONGEST = 60

_PAPER_WAY = re.compile(r"纸质|纸制|书面|打印|盖章|加盖|公章|签字|一式[0-9一二两三四五六七八九十]+份|原件|纸介质|纸版")
_MAIL_WAY = re.compile(r"电子(?!表决|政务|屏|商务|信息|设备)|邮箱|[Ee]-?[Mm]ail|@|信箱")
_ONLINE_WAY = re.compile(
    r"上传|录入|(?:通过|登录|登陆|以|使用)[^,。;]{0,24}(?:系统|平台)|(?:系统|平台)(?:内|中|上)?(?:填报|提交|上传|报送|录入|申报)|网上|在线|OA|链接|二维码|小程序|网站提交|网络提交|问卷星"
)


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What is handed in as written, the single papers of it, and the forms it is wanted in. `named` is False for 以上材料, 电子版."""

    what: str
    materials: tuple[str, ...]
    ways: tuple[str, ...] = ()
    named: bool = True


def papers(words: str) -> Papers | None:
    """The papers that words of a notice name; None if they name none."""
    ways = ways_of(words)
    core = _core(words)
    if not core or _FORMS_ONLY.match(plain(core)) or _VAGUE_ONLY.match(plain(core)):
        said = core or words.strip()
        return Papers(what=said, materials=(), ways=ways, named=False) if is_form(words) or core else None
    parts = _parts(core)
    return Papers(what="、".join(parts) if _is_joined(core) else core, materials=parts, ways=ways)


def is_paper(words: str) -> bool:
    """Do these words end in what a paper is called?"""
    return bool(_PAPER_END.search(plain(_core(words)))) or is_form(words)


def is_form(words: str) -> bool:
    """Is this only a form of a paper (电子版, 以上材料)?"""
    said = plain(words).strip()
    return bool(said) and bool(_FORMS_ONLY.match(said) or _VAGUE_ONLY.match(said))


def ways_of(words: str) -> tuple[str, ...]:
    """In which ways the words say it is handed in."""
    said = plain(words)
    found = ((Way.PAPER, _PAPER_WAY), (Way.EMAIL, _MAIL_WAY), (Way.ONLINE, _ONLINE_WAY))
    return tuple(way.value for way, pattern in found if pattern.search(said))


def made(text: str) -> tuple[int, int] | None:
    """The span of the last paper that a sentence says is to be made (形成自查报告, 填写《登记表》), or None."""
    found = None
    for match in _MADE.finditer(shape(text)):
        if is_paper(text[match.start("paper") : match.end("paper")]):
            found = match.span("paper")
    return found


def _core(words: str) -> str:
    """The words without what is no part of a name: leading 请, 本单位的, trailing 一并, 一式三份, 电子版."""
    words = words.strip(" ,，、:：。;；")
    if head := _HEAD.match(plain(words)):
        words = words[head.end() :]
    while tail := (_REMARK.search(plain(words)) or _FORM_TAIL.search(plain(words)) or _TAIL.search(plain(words))):
        if tail.start() == 0:
            return words if _FORMS_ONLY.match(plain(words)) else ""
        words = words[: tail.start()]
    return words.strip(" ,，、")


def _is_joined(core: str) -> bool:
    return bool(re.search(r",|连同|并附", plain(core)))


def _parts(core: str) -> tuple[str, ...]:
    """Single papers: divided where both sides are called like a paper (总结和评先评优材料, not 集体和个人材料)."""
    outline = shape(plain(core))
    found, at = [], 0
    for cut in _DIVIDED.finditer(outline):
        left, right = core[at : cut.start()], core[cut.end() :]
        if left.strip() and right.strip() and _PAPER_END.search(plain(left)) and _PAPER_END.search(plain(right)):
            found.append(left)
            at = cut.end()
    found.append(core[at:])
    cleaned = (_core(part) if len(found) > 1 else part for part in found)
    return tuple(dict.fromkeys(part[:_LONGEST] for part in cleaned if part and not is_form(part)))
