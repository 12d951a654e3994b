"""Makes the Word templates of 催办函, 督办单 and 通报 in the layout of GB/T 9704-2012: `python docs/paper_templates.py`.

What it writes is shipped; an office changes its own copy of a file in Word, not this. Lengths are twips (1/20 pt; 1 mm = 56.69).
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

TEMPLATES = Path(__file__).resolve().parents[1] / "notifications" / "papers" / "templates"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def mm(length: float) -> int:
    return round(length * 1440 / 25.4)


WIDTH = mm(156)
LINE = mm(225) // 22
"""22 lines of the type area of 225 mm."""
CHAR = 315
"""28 characters of its 156 mm: 15.75 pt each."""
SQUEEZE = CHAR - 320
"""So 3号 (16 pt) is drawn together by a quarter of a point. A grid of characters would say the same, but LibreOffice doubles it."""
FANG, HEI, SONG, TITLE = "仿宋_GB2312", "黑体", "宋体", "方正小标宋简体"
FALLBACKS = {
    FANG: "仿宋,FangSong,FangSong_GB2312,华文仿宋",
    HEI: "SimHei,微软雅黑",
    SONG: "SimSun",
    TITLE: "方正小标宋_GBK,华文中宋,STZhongsong,宋体,SimSun",
}
SIZE = {"2号": 44, "3号": 32, "4号": 28, "小4号": 24, "小5号": 18}
"""Half points."""


# --- the papers


def letter() -> str:
    """催办函, in the form of a letter (10.1): a small head, the number at the right, no page number on the first page."""
    return "".join(
        [
            para(f"{NUMBER}", style="Body", align="right", right=CHAR, before=LINE),
            title(before=LINE * 2),
            to(),
            body("按照{{ paper.basis }}，“{{ paper.task }}”的报送时限为{{ paper.due }}。"
                 "{% if paper.itself %}经核，截至{{ paper.as_of }}，贵单位该事项{{ paper.rows[0].state }}"
                 "{% if paper.rows[0].note %}（{{ paper.rows[0].note }}）{% endif %}。"
                 "{% else %}经核，截至{{ paper.as_of }}，贵单位及所属党组织应报{{ paper.expected }}件，已报{{ paper.handed_in }}件，"
                 "{% if paper.few %}以下党组织尚未报送：{{ paper.names }}。"
                 "{% else %}尚有{{ paper.open }}件未报送，名单见附件。{% endif %}{% endif %}"),
            body("请于{{ paper.until }}前报送；如已报送，请忽略。办理中有困难的，请及时与联系人沟通，我们将积极协助。"),
            body("特此函达，感谢支持。", keep=True),
            attached(),
            signature(),
            attachment(),
        ]
    )  # fmt: skip


def circular() -> str:
    """通报: how many reported and which second-level units not yet, in the order of the tree."""
    return "".join(
        [
            red_head(),
            title(before=LINE * 2),
            to(),
            body("按照{{ paper.basis }}，现将“{{ paper.task }}”的报送情况通报如下。"),
            heading("一、总体情况"),
            body("报送时限为{{ paper.due }}。截至{{ paper.as_of }}，应报{{ paper.expected }}件，已报{{ paper.handed_in }}件，"
                 "尚有{{ paper.open }}件未报送。"),
            heading("二、尚未报送的单位"),
            body("{% if paper.few %}{{ paper.names }}。{% else %}共{{ paper.rows | length }}个单位，名单见附件。{% endif %}"
                 "以上按党组织序列列出，不分先后。"),
            heading("三、有关事项"),
            body("请上述单位于{{ paper.until }}前报送；如已报送，请忽略。办理中有困难的，请及时与联系人沟通。", keep=True),
            attached(),
            signature(),
            attachment(),
        ]
    )  # fmt: skip


def form() -> str:
    """督办单: a form on which the leader, the unit and its answer have their places."""
    wide = [mm(26), mm(53), mm(25), mm(52)]
    standing = (
        "{% if paper.itself %}截至{{ paper.as_of }}，{{ paper.rows[0].state }}"
        "{% if paper.rows[0].note %}（{{ paper.rows[0].note }}）{% endif %}。"
        "{% else %}截至{{ paper.as_of }}，应报{{ paper.expected }}件，已报{{ paper.handed_in }}件，尚有{{ paper.open }}件未报送"
        "{% if paper.few %}：{{ paper.names }}。{% else %}，名单见附件。{% endif %}{% endif %}"
    )
    sign = "负责人签字：　　　　　　　　　　　年　　月　　日"
    rows = [
        row([cell("办理事项", wide[0], label=True), cell("{{ paper.task }}，报送时限为{{ paper.due }}", sum(wide[1:]), span=3)], 12),
        row([cell("依　　据", wide[0], label=True), cell("{{ paper.basis }}", sum(wide[1:]), span=3)], 10),
        row([cell("承办单位", wide[0], label=True), cell("{{ paper.unit }}", sum(wide[1:]), span=3)], 10),
        row([cell("目前情况", wide[0], label=True), cell(standing, sum(wide[1:]), span=3)], 18),
        row([cell("办理要求", wide[0], label=True),
             cell("请逐项核实并按要求报送，办理情况请于{{ paper.until }}前反馈；确有困难的，请说明原因和预计报送日期。"
                  "如已报送，请忽略。", sum(wide[1:]), span=3)], 18),
        row([cell("办理时限", wide[0], label=True), cell("{{ paper.until }}前", sum(wide[1:]), span=3)], 10),
        row([cell("领导批示", wide[0], label=True), cell("", sum(wide[1:]), span=3)], 18),
        row([cell("承办单位\n意　　见", wide[0], label=True), cell(sign, sum(wide[1:]), span=3, foot=True)], 22),
        row([cell("办理情况\n反　　馈", wide[0], label=True), cell(sign, sum(wide[1:]), span=3, foot=True)], 22),
        row([cell("签　　发", wide[0], label=True),
             cell("{% if paper.signed_by %}{{ paper.signed_by }}{% else %}（{{ paper.signer }}）{% endif %}", wide[1]),
             cell("日　　期", wide[2], label=True), cell("{{ paper.day }}", wide[3])], 10),
    ]  # fmt: skip
    return "".join(
        [
            para("{{ paper.title }}", style="Title", align="center", before=LINE),
            para(
                "编号：{% if paper.number %}{{ paper.number }}{% else %}" + "\u00a0" * 24 + "{% endif %}",
                style="Form",
                align="right",
            ),
            table(wide, rows),
            para("{{ paper.issuer }}　{{ paper.contact }}", style="Form", before=120),
            attachment(),
        ]
    )


# --- their parts

NUMBER = "{% if paper.number %}{{ paper.number }}{% else %}　　　〔　　　　〕　　号{% endif %}"


def red_head() -> str:
    """Room for the issuer's name in red (35 mm below the type area's edge, 7.2.4), then the number two lines below it (7.2.5)."""
    return para(NUMBER, style="Body", align="center", before=mm(35) + mm(14) + LINE * 2)


def title(*, before: int) -> str:
    return para("{{ paper.title }}", style="Title", align="center", before=before, after=LINE)


def to() -> str:
    return para("{{ paper.addressed }}：", style="Body")


def body(text: str, *, keep: bool = False) -> str:
    return para(text, style="Body", indent=True, align="both", keep=keep)


def heading(text: str) -> str:
    return para(text, style="Heading1", indent=True, keep=True)


def attached() -> str:
    """附件说明: one line below the text (7.3.4)."""
    unless_few = "{%p if not paper.few %}"
    return (
        para(unless_few)
        + para("附件：尚未报送的单位名单", style="Body", indent=True, before=LINE, keep=True)
        + para("{%p endif %}")
    )


def signature() -> str:
    """署名 and 成文日期, one above the other in the middle of the right 16.5 characters: a date stands four from the edge (7.3.5.1)."""
    left = round(CHAR * 11.5)
    return (
        para("{{ paper.issuer }}", style="Body", align="center", left=left, before=LINE * 2, keep=True)
        + para("{{ paper.day }}", style="Body", align="center", left=left, keep=True)
        + para("{{ paper.contact }}", style="Body", indent=True)
    )


def attachment() -> str:
    """附件: on a page of its own, a table whose head is repeated on each page."""
    wide = [mm(14), mm(70), mm(26), mm(46)]
    heads = [("序号", "单位", "目前情况", "说明"), ("序号", "单位", "应报", "尚未报送")]
    texts = [
        ("{{ row.number }}", "{{ row.unit }}", "{{ row.state }}", "{{ row.note }}"),
        ("{{ row.number }}", "{{ row.unit }}", "{{ row.expected }}", "{{ row.open }}"),
    ]
    made = [para("{%p if not paper.few %}")]
    made.append(para("附件", style="Heading1", page_before=True))
    made.append(para("尚未报送的单位名单", style="Title", align="center", before=LINE, after=LINE // 2))
    made.append(
        para("（“{{ paper.task }}”，截至{{ paper.as_of }}，按党组织序列列出）", style="Form", align="center", after=120)
    )
    made.append(para("{%p if paper.kind == '通报' %}"))
    made.append(listing([mm(14), mm(90), mm(26), mm(26)], heads[1], texts[1]))
    made.append(para("{%p else %}"))
    made.append(listing(wide, heads[0], texts[0]))
    made.append(para("{%p endif %}"))
    made.append(para("", style="Small"))
    made.append(para("{%p endif %}"))
    return "".join(made)


def listing(wide: list[int], heads: tuple[str, ...], texts: tuple[str, ...]) -> str:
    centred = [True, False, True, heads[-1] == "尚未报送"]
    top = row([cell(text, width, label=True) for text, width in zip(heads, wide, strict=True)], 10, head=True)
    cells = [cell(t, width, centre=centre) for t, width, centre in zip(texts, wide, centred, strict=True)]
    return table(wide, [top, tag_row("{%tr for row in paper.rows %}", wide), row(cells, 9), tag_row("{%tr endfor %}", wide)])


# --- Word's XML


def para(
    text: str,
    *,
    style: str = "Body",
    align: str = "",
    indent: bool = False,
    left: int = 0,
    right: float = 0,
    before: int = 0,
    after: int = 0,
    keep: bool = False,
    page_before: bool = False,
) -> str:
    properties = [f'<w:pStyle w:val="{style}"/>']
    properties += ["<w:keepNext/><w:keepLines/>"] if keep else []
    properties += ["<w:pageBreakBefore/>"] if page_before else []
    properties += [f'<w:spacing w:before="{before}" w:after="{after}"/>'] if before or after else []
    if indent:
        properties.append(f'<w:ind w:firstLineChars="200" w:firstLine="{round(CHAR * 2)}"/>')
    elif left or right:
        properties.append(f'<w:ind w:left="{left}" w:right="{round(right)}"/>')
    properties += [f'<w:jc w:val="{align}"/>'] if align else []
    return f"<w:p><w:pPr>{''.join(properties)}</w:pPr>{run(text)}</w:p>"


def run(text: str, properties: str = "") -> str:
    inside = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\n"))
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inside}</w:r>" if text else ""


def fonts(name: str, latin: str = "Times New Roman") -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{name}" w:cs="{latin}"/>'


def size(name: str) -> str:
    return f'<w:sz w:val="{SIZE[name]}"/><w:szCs w:val="{SIZE[name]}"/>'


def cell(text: str, width: int, *, label: bool = False, span: int = 1, centre: bool = False, foot: bool = False) -> str:
    grid = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    place = "bottom" if foot else "center"
    style = "FormLabel" if label else "Form"
    align = "center" if label or centre else "right" if foot else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{grid}<w:vAlign w:val="{place}"/></w:tcPr>'
        f"{para(text, style=style, align=align)}</w:tc>"
    )


def row(cells: list[str], height: float, *, head: bool = False) -> str:
    repeated = "<w:tblHeader/>" if head else ""
    return f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{mm(height)}" w:hRule="atLeast"/>{repeated}</w:trPr>{"".join(cells)}</w:tr>'


def tag_row(tag: str, wide: list[int]) -> str:
    """A row that holds nothing but a tag, and vanishes with it."""
    return f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{sum(wide)}" w:type="dxa"/><w:gridSpan w:val="{len(wide)}"/></w:tcPr>{para(tag)}</w:tc></w:tr>'


def table(wide: list[int], rows: list[str]) -> str:
    edges = "".join(f'<w:{edge} w:val="single" w:sz="6" w:space="0" w:color="000000"/>' for edge in EDGES)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in wide)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(wide)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


def section(*, letter_form: bool) -> str:
    """A4; the type area is 156 x 225 mm, 37 mm from the top and 28 mm from the left (5.2.1); page numbers 7 mm below it (5.2.4, 7.5)."""
    kinds = ("default", "even", "first") if letter_form else ("default", "even")
    refs = "".join(
        f'<w:{where}Reference w:type="{kind}" r:id="{where}-{kind}"/>' for where in ("header", "footer") for kind in kinds
    )
    return (
        f"<w:sectPr>{refs}"
        f'<w:pgSz w:w="{mm(210)}" w:h="{mm(297)}"/>'
        f'<w:pgMar w:top="{mm(37)}" w:right="{mm(26)}" w:bottom="{mm(35)}" w:left="{mm(28)}" '
        f'w:header="{mm(14)}" w:footer="{mm(25)}" w:gutter="0"/>'
        f"{'<w:titlePg/>' if letter_form else ''}"
        f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>'
    )


def header() -> str:
    mark = (
        fonts(HEI) + '<w:color w:val="C00000"/>' + size("3号") + '<w:bdr w:val="single" w:sz="8" w:space="0" w:color="C00000"/>'
    )
    hint = fonts(HEI) + '<w:color w:val="C00000"/>' + size("小5号")
    secrecy = fonts(SONG) + '<w:color w:val="595959"/>' + size("小5号")
    text = (
        run("{% if paper.mark %} {{ paper.mark }} {% endif %}", mark)
        + run("{% if paper.mark %}　供审签使用，红头、文号、印章由办公室办理{% endif %}", hint)
        + "<w:r><w:tab/></w:r>"
        + run("非涉密系统，严禁处理国家秘密", secrecy)
    )
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{WIDTH}"/></w:tabs>'
    return f'{HEAD}<w:hdr {W} {R}><w:p><w:pPr><w:pStyle w:val="Small"/>{tabs}</w:pPr>{text}</w:p></w:hdr>'


def footer(side: str | None) -> str:
    """「— 1 —」 in 4号 宋体, on the outer side with one character of air; odd pages right, even pages left."""
    if side is None:
        return f'{HEAD}<w:ftr {W} {R}><w:p><w:pPr><w:pStyle w:val="Small"/></w:pPr></w:p></w:ftr>'
    look = fonts(SONG, SONG) + size("4号")
    number = (
        run("— ", look)
        + f'<w:r><w:rPr>{look}</w:rPr><w:fldChar w:fldCharType="begin"/></w:r>'
        + f'<w:r><w:rPr>{look}</w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        + f'<w:r><w:rPr>{look}</w:rPr><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("1", look)
        + f'<w:r><w:rPr>{look}</w:rPr><w:fldChar w:fldCharType="end"/></w:r>'
        + run(" —", look)
    )
    air = f'<w:ind w:left="{280 if side == "left" else 0}" w:right="{280 if side == "right" else 0}"/>'
    return (
        f'{HEAD}<w:ftr {W} {R}><w:p><w:pPr><w:pStyle w:val="Small"/>{air}<w:jc w:val="{side}"/></w:pPr>{number}</w:p></w:ftr>'
    )


def styles() -> str:
    exact = f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/>'
    free, squeeze = '<w:snapToGrid w:val="0"/>', f'<w:spacing w:val="{SQUEEZE}"/>'
    made = {
        "Normal": ("", exact, fonts(FANG) + size("3号")),
        "Body": ("Normal", exact, fonts(FANG) + squeeze + size("3号")),
        "Heading1": ("Normal", exact, fonts(HEI) + squeeze + size("3号")),
        "Title": (
            "Normal",
            free + '<w:spacing w:before="0" w:after="0" w:line="680" w:lineRule="exact"/>',
            fonts(TITLE) + size("2号"),
        ),
        "Form": (
            "Normal",
            free + '<w:spacing w:before="30" w:after="30" w:line="400" w:lineRule="exact"/>',
            fonts(FANG) + size("4号"),
        ),
        "FormLabel": ("Form", free, fonts(HEI) + size("4号")),
        "Small": (
            "Normal",
            free + '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>',
            fonts(SONG) + size("小5号"),
        ),
    }
    names = {"Heading1": "heading 1", "Body": "公文正文", "Form": "公文表格", "FormLabel": "公文表头", "Small": "公文页眉"}
    texts = []
    for key, (base, properties, look) in made.items():
        usual = ' w:default="1"' if key == "Normal" else ""
        above = f'<w:basedOn w:val="{base}"/>' if base else ""
        level = '<w:outlineLvl w:val="0"/>' if key == "Heading1" else ""
        texts.append(
            f'<w:style w:type="paragraph"{usual} w:styleId="{key}"><w:name w:val="{names.get(key, key)}"/>{above}<w:qFormat/>'
            f"<w:pPr>{properties}{level}</w:pPr><w:rPr>{look}</w:rPr></w:style>"
        )
    defaults = (
        f'<w:rPrDefault><w:rPr>{fonts(FANG)}{size("3号")}<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>'
    )
    return f"{HEAD}<w:styles {W}><w:docDefaults>{defaults}<w:pPrDefault/></w:docDefaults>{''.join(texts)}</w:styles>"


def font_table() -> str:
    """What Word takes where an office has not bought a font (altName)."""
    kinds = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
        f'<w:pitch w:val="default"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    return f"{HEAD}<w:fonts {W}>{kinds}</w:fonts>"


def settings() -> str:
    return (
        f'{HEAD}<w:settings {W}><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>'
        '<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/><w:drawingGridVerticalSpacing w:val="156"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/>'
        "<w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>"
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        "</w:settings>"
    )


def parts(kind: str) -> Iterator[tuple[str, str]]:
    content, letter_form = {"催办函": (letter, True), "督办单": (form, False), "通报": (circular, False)}[kind]
    named = {"styles": "styles", "settings": "settings", "fontTable": "fontTable"}
    sides: dict[str, str | None] = {"default": "right", "even": "left"}
    sides |= {"first": None} if letter_form else {}
    pages = {f"header-{k}": header() for k in sides} | {f"footer-{k}": footer(side) for k, side in sides.items()}
    types = {f"/word/{name}.xml": f"{WORD}.{name}+xml" for name in named}
    types |= {f"/word/{name}.xml": f"{WORD}.{name.partition('-')[0]}+xml" for name in pages}
    types |= {"/word/document.xml": f"{WORD}.document.main+xml"}
    types |= {"/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml"}
    yield (
        "[Content_Types].xml",
        (
            f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            + "".join(f'<Override PartName="{name}" ContentType="{type_}"/>' for name, type_ in types.items())
            + "</Types>"
        ),
    )
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    yield (
        "_rels/.rels",
        relations({"document": (f"{OFFICE}/officeDocument", "word/document.xml"), "core": (core, "docProps/core.xml")}),
    )
    yield (
        "docProps/core.xml",
        (
            f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
            f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{kind}</dc:title><dc:creator></dc:creator></cp:coreProperties>'
        ),
    )
    yield (
        "word/document.xml",
        f"{HEAD}<w:document {W} {R}><w:body>{content()}{section(letter_form=letter_form)}</w:body></w:document>",
    )
    yield "word/styles.xml", styles()
    yield "word/settings.xml", settings()
    yield "word/fontTable.xml", font_table()
    for name, xml in pages.items():
        yield f"word/{name}.xml", xml
    links = {name: (f"{OFFICE}/{name}", f"{name}.xml") for name in named}
    links |= {name: (f"{OFFICE}/{name.partition('-')[0]}", f"{name}.xml") for name in pages}
    yield "word/_rels/document.xml.rels", relations(links)


def relations(links: dict[str, tuple[str, str]]) -> str:
    made = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, (kind, target) in links.items())
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{made}</Relationships>'


def template(kind: str) -> bytes:
    """The template of one kind; the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, xml in parts(kind):
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), xml)
    return out.getvalue()


def main(folder: Path = TEMPLATES) -> None:
    for kind in ("催办函", "督办单", "通报"):
        (folder / f"{kind}.docx").write_bytes(template(kind))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
