"""Files of notices as offices send them: what stands in them, and one sentence for every file that cannot be read."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.notices import BadNotice, read_notice
from duban.notices.numbering import formatted
from duban.notices.sniff import MOST_BYTES
from phases.reader.document import CELL, Document

NOTICE = "关于做好党员信息核对工作的通知\n各党支部：\n请于3月30日前报送《党员信息核对表》，一式两份。\n示例大学党委组织部\n2012年3月5日"
TRADITIONAL = "關於做好黨員資料核對工作的通知\n各黨支部：\n請於3月30日前報送核對表，一式兩份。"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def lines(name: str, content: bytes) -> list[str]:
    return read_notice(name, content).text.split("\n")


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(BadNotice) as caught:
        read_notice(name, content)
    assert caught.value.code == "bad-notice"
    return str(caught.value)


# --- text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["通知.txt", "通知.md", "通知"])
def test_a_text_reads_the_same_in_every_encoding_offices_use(encoding: str, name: str) -> None:
    found = read_notice(name, NOTICE.encode(encoding))

    assert found == Document(text=NOTICE, kind="txt")


def test_a_traditional_text_in_big5_is_not_taken_for_gbk() -> None:
    assert read_notice("通知.txt", TRADITIONAL.encode("big5")).text == TRADITIONAL


@pytest.mark.parametrize("words", ["联通", "请核对", "开会通知", "3月30日前报送", "党委组织部"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-16-le", "utf-16-be"])
def test_a_few_words_are_enough_to_tell_the_encoding(words: str, encoding: str) -> None:
    assert read_notice("通知.txt", words.encode(encoding)).text == words


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029", "\f", "\v", "\x85"])
def test_every_kind_of_line_end_ends_a_line(end: str) -> None:
    assert lines("通知.txt", f"通知{end}各支部：".encode()) == ["通知", "各支部："]


def test_wide_blanks_stay_and_what_cannot_be_seen_goes() -> None:
    written = "\u3000\u3000请于\u200b3月\ufeff30日\u00ad前　报送\x07\tA\u00a0B\x1a"

    assert read_notice("通知.txt", written.encode()).text == "\u3000\u3000请于3月30日前　报送\tA\u00a0B"


def test_a_damaged_byte_leaves_a_mark_and_is_mentioned() -> None:
    content = NOTICE.encode().replace("两".encode(), "两".encode()[:2])

    found = read_notice("通知.txt", content)

    assert "一式\ufffd份" in found.text
    assert found.unread == ("文件有损坏的字节，读不出的字显示为“\ufffd”",)


def test_a_text_of_120_000_characters_is_read_and_a_longer_one_refused() -> None:
    assert len(read_notice("通知.txt", ("请按时报送。" * 20_000).encode()).text) == 120_000
    assert (
        refusal("通知.txt", ("请按时报送。" * 20_001).encode())
        == "“通知.txt”的文字超过 12 万字，不像一份通知；请只给出通知本身"
    )


def test_fifty_megabytes_of_text_are_refused_at_once() -> None:
    begun = time.perf_counter()

    refusal("通知.txt", b"a" * (MOST_BYTES - 1))

    assert time.perf_counter() - begun < 1


# --- what is no notice


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "是空的；请检查是否传错了文件"),
        (b"\xef\xbb\xbf \r\n", "是空的；请检查是否传错了文件"),
        ("　——。　".encode(), "里没有文字；请检查是否传错了文件"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "是PNG 图片，没有文字；请用文字版，或先做文字识别（OCR）"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "是JPEG 图片，没有文字；请用文字版，或先做文字识别（OCR）"),
        (b"GIF89a" + bytes(50), "是GIF 图片，没有文字；请用文字版，或先做文字识别（OCR）"),
        (b"BM6\x00\x01\x00" + bytes(50), "是BMP 图片，没有文字；请用文字版，或先做文字识别（OCR）"),
        (b"II*\x00" + bytes(50), "是TIFF 图片，没有文字；请用文字版，或先做文字识别（OCR）"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "是图片，没有文字；请用文字版，或先做文字识别（OCR）"),
        (b"Rar!\x1a\x07\x00" + bytes(50), "是RAR 压缩包；请解压后给出通知本身"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "是7z 压缩包；请解压后给出通知本身"),
        (b"\x1f\x8b\x08" + bytes(50), "是gzip 压缩包；请解压后给出通知本身"),
        (b"PK\x05\x06" + bytes(18), "是压缩包；请解压后给出通知本身"),
        (b"{\\rtf1\\ansi", "是 RTF 文档；请用 WPS 或 Word 打开后另存为 .docx"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related;", "是单个文件网页（MHT）；请用 WPS 或 Word 打开后另存为 .docx"),
        (b'<?xml version="1.0"?><pkg:package>', "是 XML 格式的 Word 文档；请用 WPS 或 Word 打开后另存为 .docx"),
        (b'<?xml version="1.0"?><orders/>', "是 XML 数据，不是通知；请给出 .docx、.pdf、.html 或 .txt"),
        (bytes(range(256)) * 4, "不是可读的通知，也不是文字；请给出 .docx、.pdf、.html 或 .txt"),
        (b"\xff\xfe" + bytes(range(32)) * 9, "不是可读的通知，也不是文字；请给出 .docx、.pdf、.html 或 .txt"),
        (bytes(MOST_BYTES + 1), "是空的；请检查是否传错了文件"),
        (b"a" * (MOST_BYTES + 1), "超过 50 MB，不像一份通知；请只给出通知本身（去掉图片和附件）"),
    ],
)
@pytest.mark.parametrize("name", ["通知.docx", "通知.txt"])
def test_a_file_that_is_something_else_says_what_it_is_and_what_to_do(name: str, content: bytes, said: str) -> None:
    assert refusal(name, content) == f"“{name}”{said}"


def compound(*streams: str) -> bytes:
    """The beginning of an Office 97 file with streams of these names."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (compound("WordDocument"), "是旧版 Word 或 WPS 文档（.doc、.wps）；请用 WPS 或 Word 打开后另存为 .docx"),
        (compound("WpsContents"), "是旧版 Word 或 WPS 文档（.doc、.wps）；请用 WPS 或 Word 打开后另存为 .docx"),
        (compound("Workbook"), "是旧版 Excel 表格；请给出通知本身（.docx、.pdf、.html 或 .txt）"),
        (compound("EncryptionInfo", "EncryptedPackage"), "设有打开密码；请去掉密码后再试"),
    ],
)
@pytest.mark.parametrize("name", ["通知.doc", "通知.docx", "通知.wps"])
def test_an_old_or_locked_office_file_is_told_apart(name: str, content: bytes, said: str) -> None:
    assert refusal(name, content) == f"“{name}”{said}"


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("xl/workbook.xml", "是 Excel 表格；请给出通知本身（.docx、.pdf、.html 或 .txt）"),
        ("ppt/presentation.xml", "是演示文稿；请给出通知本身（.docx、.pdf、.html 或 .txt）"),
        ("OFD.xml", "是 OFD 版式文件；请用阅读软件转换为 .pdf 或 .docx"),
        ("content.xml", "是 OpenDocument 文档；请打开后另存为 .docx"),
        ("照片.jpg", "是压缩包，或已损坏；请解压后给出通知本身"),
    ],
)
def test_another_packed_file_renamed_docx_is_told_apart(part: str, said: str) -> None:
    assert refusal("通知.docx", packed({part: "<a/>"})) == f"“通知.docx”{said}"


def test_the_refusal_survives_the_way_between_processes() -> None:
    with pytest.raises(BadNotice) as caught:
        read_notice("通知.doc", compound("WordDocument"))

    again = pickle.loads(pickle.dumps(caught.value))

    assert (str(again), again.code) == (str(caught.value), "bad-notice")


# --- Word


def packed(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


MAIN = '<Relationship Id="1" Type="http://x/officeDocument" Target="word/document.xml"/>'


def word(body: str, **parts: str) -> bytes:
    """A Word file with a body; `parts` are `styles`, `numbering`, `header1` …, related to the main part under their names."""
    related = "".join(f'<Relationship Id="{n}" Type="http://x/{n.rstrip("0123456789")}" Target="{n}.xml"/>' for n in parts)
    return packed(
        {
            "_rels/.rels": f"<Relationships>{MAIN}</Relationships>",
            "word/_rels/document.xml.rels": f"<Relationships>{related}</Relationships>",
            "word/document.xml": f"<w:document {W} {R} {MC}><w:body>{body}</w:body></w:document>",
            **{f"word/{name}.xml": content for name, content in parts.items()},
        }
    )


def paragraph(words: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{words}</w:t></w:r></w:p>"


def numbered(words: str, level: int = 0, number: int = 1) -> str:
    return paragraph(words, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def numbering(
    levels: Sequence[tuple[str, str]], numbers: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
) -> str:
    inside = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    return f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{inside}</w:abstractNum>{numbers}</w:numbering>'


CHINESE = (
    ("chineseCounting", "%1、"),
    ("chineseCountingThousand", "（%2）"),
    ("decimal", "%3."),
    ("decimalEnclosedCircle", "%4"),
)


def test_a_file_made_by_a_word_processor_is_read_with_its_table_and_list() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "中共示例大学委员会文件"
    document.sections[0].footer.paragraphs[0].text = "— 3 —"
    document.add_heading("关于做好党员信息核对工作的通知", 1)
    document.add_paragraph("报送核对表", style="List Number")
    document.add_paragraph("报送小结", style="List Number")
    table = document.add_table(rows=3, cols=3)
    for row, words in enumerate(("材料 时限 单位", "核对表 3月30日 各支部", "小结 4月2日 各支部")):
        for column, cell in enumerate(words.split()):
            table.cell(row, column).text = cell
    table.cell(1, 2).merge(table.cell(2, 2)).text = "各支部"
    document.add_paragraph("2012年3月5日")
    file = io.BytesIO()
    document.save(file)

    found = read_notice("通知.docx", file.getvalue())

    assert found.text.split("\n") == [
        "中共示例大学委员会文件",
        "关于做好党员信息核对工作的通知",
        "1. 报送核对表",
        "2. 报送小结",
        CELL.join(("材料", "时限", "单位")),
        CELL.join(("核对表", "3月30日", "各支部")),
        CELL.join(("小结", "4月2日", "各支部")),
        "2012年3月5日",
    ]
    assert (found.kind, found.rows) == ("docx", frozenset({5, 6, 7}))


def test_automatic_chinese_numbers_stand_before_their_paragraphs_and_begin_anew_below_a_higher_one() -> None:
    body = "".join(
        (
            numbered("总体要求"),
            numbered("目标", 1),
            numbered("原则", 1),
            paragraph("不编号的一段"),
            numbered("时间安排"),
            numbered("调查摸底", 1),
            numbered("3月30日前报送", 2),
            numbered("建立台账", 2),
            numbered("逐条销号", 3),
            numbered("对标整改", 1),
        )
    )

    found = lines("通知.docx", word(body, numbering=numbering(CHINESE)))

    assert found == [
        "一、总体要求",
        "（一）目标",
        "（二）原则",
        "不编号的一段",
        "二、时间安排",
        "（一）调查摸底",
        "1. 3月30日前报送",
        "2. 建立台账",
        "①逐条销号",
        "（二）对标整改",
    ]


def test_a_list_that_starts_again_begins_with_one_and_another_of_the_same_kind_counts_on() -> None:
    numbers = "".join(
        (
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
            '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>',
            '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>',
        )
    )
    body = numbered("甲") + numbered("乙") + numbered("丙", number=3) + numbered("丁", number=2) + numbered("戊", number=2)

    found = lines("通知.docx", word(body, numbering=numbering(CHINESE, numbers)))

    assert found == ["一、甲", "二、乙", "三、丙", "一、丁", "二、戊"]


def test_numbers_of_several_levels_and_of_a_style_are_shown() -> None:
    levels = (("chineseCounting", "第%1章"), ("decimal", "%1.%2"))
    legal = numbering(levels).replace('<w:lvlText w:val="%1.%2"/>', '<w:isLgl/><w:lvlText w:val="%1.%2"/>')
    styles = f"""<w:styles {W}>
        <w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/>
        <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="H1a"><w:name w:val="mine"/><w:basedOn w:val="H1"/></w:style></w:styles>"""
    body = paragraph("总则", '<w:pStyle w:val="H1a"/>') + numbered("范围", 1) + paragraph("分则", '<w:pStyle w:val="H1"/>')
    none = paragraph("附则", '<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr>')

    found = lines("通知.docx", word(body + none, numbering=legal, styles=styles))

    assert found == ["第一章 总则", "1.1 范围", "第二章 分则", "附则"]


@pytest.mark.parametrize(
    ("number", "form", "said"),
    [
        (10, "chineseCounting", "十"),
        (12, "chineseCounting", "十二"),
        (20, "chineseCountingThousand", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "japaneseCounting", "一百一十"),
        (10, "ideographDigital", "一〇"),
        (23, "chineseLegalSimplified", "贰拾叁"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircleChinese", "21"),
        (3, "decimalEnclosedParen", "⑶"),
        (3, "ideographTraditional", "丙"),
        (12, "decimalFullWidth", "１２"),
        (7, "decimalZero", "07"),
        (14, "upperRoman", "XIV"),
        (27, "lowerLetter", "aa"),
        (4, "no-such-form", "4"),
        (10**6, "chineseCounting", "1000000"),
    ],
)
def test_a_number_is_written_in_its_format(number: int, form: str, said: str) -> None:
    assert formatted(number, form) == said


def test_tracked_deletions_are_out_and_insertions_in_and_a_deleted_paragraph_end_joins() -> None:
    body = (
        "<w:p><w:r><w:t>请于</w:t></w:r><w:del><w:r><w:delText>3月20日</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>3月30日</w:t></w:r></w:ins><w:r><w:t>前报送。</w:t></w:r></w:p>"
        + paragraph("前半", "<w:rPr><w:del/></w:rPr>")
        + paragraph("后半")
        + "<w:moveFrom><w:p><w:r><w:t>搬走的</w:t></w:r></w:p></w:moveFrom>"
    )

    assert lines("通知.docx", word(body)) == ["请于3月30日前报送。", "前半后半"]


def test_hidden_and_struck_text_is_left_out_also_when_a_style_says_so() -> None:
    styles = f"""<w:styles {W}><w:style w:type="character" w:styleId="gone"><w:name w:val="gone"/><w:rPr><w:vanish/></w:rPr></w:style>
        <w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style></w:styles>"""
    runs = "".join(
        f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"
        for words, properties in (
            ("请于", ""),
            ("3月10日", "<w:strike/>"),
            ("3月20日", "<w:vanish/>"),
            ("3月25日", '<w:rStyle w:val="gone"/>'),
            ("3月30日前", '<w:vanish w:val="0"/>'),
        )
    )
    contents = paragraph("一、总体要求\t3", '<w:pStyle w:val="TOC1"/>')

    assert lines("通知.docx", word(f"{contents}<w:p>{runs}</w:p>", styles=styles)) == ["请于3月30日前"]


def test_breaks_are_lines_and_text_boxes_stand_once_before_their_paragraph() -> None:
    box = "<w:txbxContent>" + paragraph("中共示例大学委员会文件") + "</w:txbxContent>"
    choices = f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    drawing = f"<mc:AlternateContent>{choices}</mc:AlternateContent>"
    body = f"<w:p><w:r>{drawing}<w:t>校党发</w:t><w:br/><w:t>〔2012〕5号</w:t></w:r></w:p>"

    assert lines("通知.docx", word(body)) == ["中共示例大学委员会文件", "校党发", "〔2012〕5号"]


def test_headers_stand_first_and_footers_and_footnotes_last_without_page_numbers() -> None:
    section = "".join(
        (
            "<w:sectPr>",
            '<w:headerReference w:type="first" r:id="header1"/><w:headerReference w:type="default" r:id="header2"/>',
            '<w:footerReference w:type="default" r:id="footer1"/><w:headerReference w:type="even" r:id="header3"/><w:titlePg/></w:sectPr>',
        )
    )
    parts = {
        name: f"<w:hdr {W}>{paragraph(words)}</w:hdr>"
        for name, words in (("header1", "红头"), ("header2", "页眉"), ("header3", "偶"))
    }
    footer = f"<w:ftr {W}>{paragraph('— 12 —')}{paragraph('第 1 页 共 3 页')}{paragraph('校对：组织部')}</w:ftr>"
    line = f'<w:footnote w:type="separator">{paragraph("x")}</w:footnote>'
    notes = f"<w:footnotes {W}>{line}<w:footnote>{paragraph('含预备党员')}</w:footnote></w:footnotes>"

    found = lines("通知.docx", word(paragraph("正文") + section, **parts, footer1=footer, footnotes=notes))

    assert found == ["红头", "页眉", "正文", "校对：组织部", "脚注1：含预备党员"]


def test_cells_merged_over_columns_and_rows_are_filled() -> None:
    def cell(words: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(map(paragraph, words.split('|')))}</w:tc>"

    rows = (
        cell("阶段", '<w:vMerge w:val="restart"/>') + cell("时间", '<w:gridSpan w:val="2"/>'),
        cell("", "<w:vMerge/>") + cell("起") + cell("止"),
        cell("调查|摸底") + cell("3月1日") + cell("3月\t30日"),
        cell("说明：以上时间均含当日", '<w:gridSpan w:val="3"/>'),
    )
    table = (
        f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}<w:tr><w:trPr><w:del/></w:trPr>{cell('删去')}</w:tr></w:tbl>"
    )

    found = read_notice("通知.docx", word(table))

    assert found.text.split("\n") == [
        CELL.join(("阶段", "时间", "时间")),
        CELL.join(("阶段", "起", "止")),
        CELL.join(("调查 摸底", "3月1日", "3月 30日")),
        "说明：以上时间均含当日",
    ]
    assert found.rows == {1, 2, 3, 4}


def test_a_table_of_one_column_is_running_text() -> None:
    table = f"<w:tbl><w:tr><w:tc>{paragraph('主题词：党建')}{paragraph('抄送：各单位')}</w:tc></w:tr></w:tbl>"

    found = read_notice("通知.docx", word(table))

    assert (found.text.split("\n"), found.rows) == (["主题词：党建", "抄送：各单位"], frozenset())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (word("<w:altChunk/>"), "的正文嵌在另一种格式里；请用 WPS 或 Word 打开后另存为 .docx"),
        (word("<w:p/>"), "里没有文字；请检查是否传错了文件"),
        (
            packed({"word/document.xml": "<a/>", "word/media/image1.png": ""}),
            "已损坏，没有正文；请用 WPS 或 Word 打开后另存为 .docx",
        ),
        (
            packed({"word/document.xml": f"<w:document {W}><w:body/></w:document>", "word/media/image1.png": "x"}),
            "只有图片，没有文字；请用文字版，或先做文字识别（OCR）",
        ),
        (packed({"word/document.xml": "<w:document"}), "已损坏，打不开；请用 WPS 或 Word 打开后另存为 .docx"),
        (word(paragraph("正文"))[:300], "已损坏，打不开；请用 WPS 或 Word 打开后另存为 .docx"),
        (word(paragraph("请按时报送。" * 400_000)), "的文字超过 12 万字，不像一份通知；请只给出通知本身"),
    ],
)
def test_a_word_file_without_words_says_what_to_do(content: bytes, said: str) -> None:
    assert refusal("通知.docx", content) == f"“通知.docx”{said}"


def test_a_part_with_a_password_of_its_own_is_refused() -> None:
    content = bytearray(word(paragraph("正文")))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(header, at + 1)) >= 0:
            content[at + flags] |= 1

    assert refusal("通知.docx", bytes(content)) == "“通知.docx”设有打开密码；请去掉密码后再试"


# --- web pages

PAGE = """<html><head><meta charset="{charset}"><title>关于做好党员信息核对工作的通知-示例大学组织部</title>
<meta name="PubDate" content="2012-03-06 09:30"><style>p {{}}</style></head><body>{body}</body></html>"""


def page(body: str, charset: str = "utf-8", encoding: str | None = None) -> bytes:
    return PAGE.format(body=body, charset=charset).encode(encoding or charset)


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "utf-8"), ("gb2312", "gbk"), ("gb2312", "utf-8"), ("utf-8", "gbk"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("name", ["通知.html", "通知.doc", "通知.txt"])
def test_a_page_is_read_in_the_encoding_it_has_whatever_it_says_and_is_called(name: str, charset: str, encoding: str) -> None:
    found = read_notice(name, page("<p>请于3月30日前报送。</p>", charset, encoding))

    assert found.kind == "html"
    assert found.text.split("\n") == ["关于做好党员信息核对工作的通知", "发布日期：2012-03-06", "请于3月30日前报送。"]


def test_a_page_that_shows_title_and_day_itself_does_not_say_them_twice() -> None:
    body = "<h1>关于做好党员信息核对工作的<br>通知</h1><div>发布时间：2012年3月6日 来源：组织部</div><p>正文</p>"

    found = lines("通知.html", page(body))

    assert found == ["关于做好党员信息核对工作的", "通知", "发布时间：2012年3月6日 来源：组织部", "正文"]


def test_scripts_styles_comments_and_what_is_hidden_or_struck_are_left_out() -> None:
    body = (
        "<script>var 日期 = '3月1日';</script><!-- 3月2日 --><p style='color:red; display : none'>3月3日</p><p hidden>3月4日</p>"
        "<noscript>3月5日</noscript><p>请于<s>3月6日</s><del>3月7日</del>3&#26376;30日&amp;前</p><select><option>3月8日</select>"
    )

    assert lines("通知.html", page(body))[2:] == ["请于3月30日&前"]


def test_breaks_inside_the_source_split_no_chinese_word_and_blocks_are_lines() -> None:
    broken = "<div>请于3月30\n  日前\n 报送<span>《核对表》</span>，<b>word</b>\n file</div>"
    body = f"{broken}<ol><li>甲<li>乙</ol><pre>一\n二</pre>落款<br>2012年3月5日"

    found = lines("通知.html", page(body))[2:]

    assert found == ["请于3月30日前报送《核对表》，word file", "1. 甲", "2. 乙", "一", "二", "落款", "2012年3月5日"]


def test_a_table_is_rows_with_merged_cells_filled_and_one_for_layout_is_not() -> None:
    inner = (
        "<table><tr><th rowspan=2>阶段<th colspan=2>时间</tr><tr><td>起<td>止</tr>"
        "<tr><td>调查<br>摸底<td>3月1日<td>3月30日</tr></table>"
    )
    body = f"<table><tr><td>左栏</td><td><p>正文</p>{inner}</td></tr></table>"

    found = read_notice("通知.html", page(body))

    assert found.text.split("\n")[2:] == [
        "左栏",
        "正文",
        CELL.join(("阶段", "时间", "时间")),
        CELL.join(("阶段", "起", "止")),
        CELL.join(("调查 摸底", "3月1日", "3月30日")),
    ]
    assert found.rows == {5, 6, 7}


def test_lists_of_other_news_are_left_out_and_the_forms_of_the_notice_stay() -> None:
    news = "".join(f"<li><a href='{n}.html'>关于第{n}批核对工作的通知</a><span>2011-0{n}-05</span></li>" for n in range(1, 7))
    forms = "".join(f"<li><a href='{n}.doc'>第{n}张表</a></li>" for n in range(1, 7))
    body = f"<div><ul>{news}</ul><p>请各支部按时报送。</p><ul>{forms}</ul></div>"

    found = lines("通知.html", page(body))[2:]

    assert found == ["请各支部按时报送。", *(f"第{n}张表" for n in range(1, 7))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"<html><body><iframe src='a.pdf'></iframe></body></html>",
            "里没有文字，正文可能由脚本或内嵌框架显示；请在浏览器里复制文字，存成 .txt",
        ),
        (b"<html>" + b"<b>" * 5000 + "通知".encode(), "的标签没有闭合，嵌套太深；请在浏览器里复制文字，存成 .txt"),
        (b"<html>" + b"<p>a</p>" * 2_000_000, "展开后太大，不像一份通知；请在浏览器里复制文字，存成 .txt"),
        (
            b"<html>\x81\x00\xff\x81" + bytes(range(128, 256)) * 9,
            "的文字编码认不出来，或文件已损坏；请在浏览器里复制文字，存成 .txt",
        ),
    ],
)
def test_a_page_without_words_says_what_to_do(content: bytes, said: str) -> None:
    assert refusal("通知.html", content) == f"“通知.html”{said}"


# --- PDF


def pdf(*pages: Sequence[tuple[str, float, float]], more: str = "", embedded: bool = True) -> bytes:
    """A PDF whose pages show (words, x, y) at 12 points: every character a black box that is 0.9 of its width, figures half as wide.

    With `embedded=False` the shapes of the characters are not in the file.
    """
    characters = sorted({character for page in pages for words, _, _ in page for character in words})
    code = {character: f"{place:04X}"[0 if not embedded else 2 :] for place, character in enumerate(characters, 1)}
    wide = {character: 500 if character.isascii() else 1000 for character in characters}
    known = "".join(f"<{code[each]}> <{ord(each):04X}>\n" for each in characters)
    space = "<00> <FF>" if embedded else "<0000> <FFFF>"
    cmap = f"begincmap 1 begincodespacerange {space} endcodespacerange {len(characters)} beginbfchar\n{known}endbfchar endcmap"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", _shapes(wide) if embedded else _NO_SHAPES, _stream(cmap)]
    objects += [
        _stream(f"{wide[each]} 0 50 -100 {wide[each] - 50} 800 d1 50 -100 {wide[each] - 100} 900 re f") for each in characters
    ]
    kids = []
    for shown in pages:
        words = "".join(f"BT /F 12 Tf {x} {y} Td <{''.join(code[each] for each in text)}> Tj ET\n" for text, x, y in shown)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {len(objects) + 2} 0 R{_FONT}>>")
        objects.append(_stream(more + words))
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    return _file(objects)


_FONT = "/Resources<</Font<</F 3 0 R>>>>"
_NO_SHAPES = (
    "<</Type/Font/Subtype/Type0/BaseFont/Nowhere/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType2/BaseFont/Nowhere/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000>>]>>"
)


def _shapes(wide: dict[str, int]) -> str:
    shapes = "".join(f"/c{place} {place + 4} 0 R" for place, _ in enumerate(wide, 1))
    names = "".join(f"/c{place}" for place, _ in enumerate(wide, 1))
    return (
        "<</Type/Font/Subtype/Type3/FontBBox[0 -200 1000 900]/FontMatrix[.001 0 0 .001 0 0]/ToUnicode 4 0 R/FirstChar 1"
        f"/LastChar {len(wide)}/Widths[{' '.join(map(str, wide.values()))}]/CharProcs<<{shapes}>>/Encoding<</Differences[1{names}]>>>>"
    )


def _stream(content: str) -> str:
    return f"<</Length {len(content)}>>stream\n{content}\nendstream"


def _file(objects: Sequence[str]) -> bytes:
    file, places = b"%PDF-1.7\n", ["0000000000 65535 f "]
    for number, content in enumerate(objects, 1):
        places.append(f"{len(file):010d} 00000 n ")
        file += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "\n".join(
        [f"xref\n0 {len(places)}", *places, f"trailer<</Size {len(places)}/Root 1 0 R>>", f"startxref\n{len(file)}"]
    )
    return file + f"{table}\n%%EOF".encode()


PICTURE = "q 500 0 0 700 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q\n"


def test_a_pdf_is_read_line_by_line_without_its_page_numbers() -> None:
    first = [
        ("关于做好核对工作的通知", 150, 760),
        ("请于3月30日前报送核对表，", 90, 700),
        ("一式两份。", 90, 680),
        ("— 1 —", 280, 40),
    ]
    second = [("示例大学党委组织部", 300, 760), ("2012年3月5日", 320, 740), ("2", 290, 40)]

    found = read_notice("通知.pdf", pdf(first, second))

    assert (found.kind, found.unread) == ("pdf", ())
    assert found.text.split("\n") == [
        "关于做好核对工作的通知",
        "请于3月30日前报送核对表，",
        "一式两份。",
        "示例大学党委组织部",
        "2012年3月5日",
    ]


def test_a_lone_number_in_the_middle_of_a_page_is_no_page_number() -> None:
    found = lines("通知.pdf", pdf([("应报材料份数", 90, 500), ("12", 90, 470), ("3", 290, 40)]))

    assert found == ["应报材料份数", "12"]


def test_a_letterhead_that_is_stored_last_stands_first() -> None:
    found = lines("通知.pdf", pdf([("各党支部：", 90, 650), ("请按时报送。", 90, 630), ("中共示例大学委员会文件", 90, 780)]))

    assert found == ["中共示例大学委员会文件", "各党支部：", "请按时报送。"]


def test_blanks_that_the_setter_put_into_a_date_are_none() -> None:
    # 12 points a Chinese character, 6 a figure: each part begins 3 points after the one before has ended.
    parts = [
        ("请于", 90, 700),
        ("3", 117, 700),
        ("月", 126, 700),
        ("30", 141, 700),
        ("日前", 156, 700),
        ("报送 到 3 月 5 日", 190, 700),
    ]

    found = lines("通知.pdf", pdf(parts))

    assert "".join(found).replace(" ", "") == "请于3月30日前报送到3月5日"
    assert "请于3月30日前" in found[0]
    assert found[-1].endswith("到 3月5日")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pdf([], more=PICTURE), "这份 PDF 只有图片，没有文字；请用文字版，或先做文字识别（OCR）"),
        (pdf([("— 1 —", 280, 40)], more=PICTURE), "这份 PDF 只有图片，没有文字；请用文字版，或先做文字识别（OCR）"),
        (pdf([]), "这份 PDF 没有文字；请用文字版，或先做文字识别（OCR）"),
        (
            pdf([("\ue001\ue002\ue003\ue004\ue005\ue006" * 4, 90, 700)]),
            "这份 PDF 的文字取不出来（字体没有对照表），只能看不能读；请用文字版，或先做文字识别（OCR）",
        ),
        (b"%PDF-1.7\n" + b"x" * 500, "已损坏，打不开；请重新导出 PDF，或改用 .docx"),
    ],
)
def test_a_pdf_without_words_says_what_to_do(content: bytes, said: str) -> None:
    assert refusal("通知.pdf", content) == f"“通知.pdf”{said}"


def test_scanned_pages_among_others_are_mentioned() -> None:
    content = pdf([("请于3月30日前报送核对表，一式两份，逐级审核后统一上报。", 90, 700)], [("2", 290, 40)], more=PICTURE)

    found = read_notice("通知.pdf", content)

    assert found.unread == ("第2页只有图片，没有读到文字",)


def test_characters_without_a_shape_may_be_lost_and_are_mentioned() -> None:
    found = read_notice("通知.pdf", pdf([("请按时报送核对表。", 90, 700)], embedded=False))

    assert found.text == "请按时报送核对表。"
    assert found.unread == ("第1页的中文字体没有嵌入，可能漏字；请与原件核对，或重新导出（嵌入字体）",)


def test_a_pdf_with_a_password_is_refused() -> None:
    lock = f"<</Filter/Standard/V 1/R 2/O<{'41' * 32}>/U<{'42' * 32}>/P -4>>"
    content = pdf([("通知", 90, 700)]).replace(b"/Root 1 0 R", f"/Root 1 0 R/Encrypt {lock}/ID[<00><00>]".encode())

    assert refusal("通知.pdf", content) == "“通知.pdf”设有打开密码；请去掉密码后再试"


# --- bounds

MEASURED = """
import resource, sys, time
from duban.notices import BadNotice, read_notice
begun = time.perf_counter()
try:
    read_notice("通知.docx", sys.stdin.buffer.read())
except BadNotice as error:
    print(error.why)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
print(time.perf_counter() - begun)
"""


def measured(content: bytes) -> tuple[str, int, float]:
    """What the reading says, the most memory its child took in MB, and its seconds."""
    done = subprocess.run([sys.executable, "-c", MEASURED], input=content, capture_output=True, check=True)
    why, memory, seconds = done.stdout.decode().splitlines()
    return why, int(memory), float(seconds)


def bomb(filling: bytes, megabytes: int) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/document.xml", "w") as part,
    ):
        part.write(f"<w:document {W}><w:body>".encode())
        for _ in range(megabytes):
            part.write(filling * (2**20 // len(filling)))
    return file.getvalue()


def test_a_part_that_unpacks_to_two_gigabytes_is_refused_in_little_memory_and_time() -> None:
    why, memory, seconds = measured(bomb(b" ", 2047))

    assert why == "展开后太大，不像一份通知；请只给出通知本身"
    assert memory < 500
    assert seconds < 10


def test_a_small_part_that_says_a_smaller_size_than_it_has_is_no_way_around() -> None:
    honest = bomb(b" ", 64)
    size = honest.rindex(b"PK\x01\x02") + 24
    content = honest[:size] + (1000).to_bytes(4, "little") + honest[size + 4 :]

    why, memory, _ = measured(content)

    assert why == "已损坏，打不开；请用 WPS 或 Word 打开后另存为 .docx"
    assert memory < 100


def test_a_part_that_takes_all_memory_as_a_tree_is_refused() -> None:
    why, memory, seconds = measured(bomb(b"<w:p/>", 22))

    assert why in ("已损坏，或展开后太大；请打开后另存一份再试", "已损坏，打不开；请用 WPS 或 Word 打开后另存为 .docx")
    assert memory < 500
    assert seconds < 10


def test_reading_a_page_that_takes_too_long_ends() -> None:
    content = b"<html><ol>" + "<li>核对</li>".encode() * 200_000  # every item is counted from the first

    begun = time.perf_counter()
    why = refusal("通知.html", content)

    assert why in (
        "“通知.html”读了 5 秒还没有读完；请只给出通知本身，另存后再试",
        "“通知.html”已损坏，或展开后太大；请打开后另存一份再试",
    )
    assert time.perf_counter() - begun < 11


# --- whatever the bytes are

GOOD = {
    "通知.docx": word(numbered("总体要求") + paragraph("请于3月30日前报送。"), numbering=numbering(CHINESE)),
    "通知.pdf": pdf([("请于3月30日前报送核对表。", 90, 700)]),
    "通知.html": page("<table><tr><td>核对表<td>3月30日</table><p>请按时报送。"),
    "通知.txt": NOTICE.encode("gb18030"),
}
STARTS = (b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<html>", b"\xff\xfe", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"<?xml ")
FUZZ = settings(max_examples=60, deadline=12_000, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def read_or_refused(name: str, content: bytes) -> None:
    """Nothing but a document or a refusal comes out; a document's rows are lines of it."""
    try:
        found = read_notice(name, content)
    except BadNotice:
        return
    assert all(1 <= row <= found.text.count("\n") + 1 for row in found.rows)
    assert not set(found.text) & set("\r\x00\f\u200b")


@FUZZ
@given(
    name=st.sampled_from([*GOOD, "通知.htm", "通知.doc", "通知"]), start=st.sampled_from(STARTS), rest=st.binary(max_size=400)
)
def test_any_bytes_are_read_or_refused(name: str, start: bytes, rest: bytes) -> None:
    read_or_refused(name, start + rest)


@FUZZ
@given(
    name=st.sampled_from(list(GOOD)),
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_good_file_with_changed_bytes_is_read_or_refused(name: str, flips: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD[name])
    for at, byte in flips:
        content[at % len(content)] = byte

    read_or_refused(name, bytes(content))


@FUZZ
@given(name=st.sampled_from(list(GOOD)), begin=st.integers(0, 40), end=st.integers(1, 10**6))
def test_a_piece_of_a_good_file_is_read_or_refused(name: str, begin: int, end: int) -> None:
    content = GOOD[name]

    read_or_refused(name, content[begin : end % len(content)])


@FUZZ
@given(text=st.text(min_size=1, max_size=200))
def test_any_text_in_utf_8_with_a_mark_is_read_or_refused(text: str) -> None:
    read_or_refused("通知.txt", text.encode("utf-8-sig", "surrogatepass"))
