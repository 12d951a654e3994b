"""What a file is by its content: a kind of notice that can be read, or something else, and then what to do."""

from __future__ import annotations

import re

from duban.notices.lines import Unreadable

MOST_BYTES = 50 * 1024**2
_SAVE_AS = "请用 WPS 或 Word 打开后另存为 .docx"
_OCR = "请用文字版，或先做文字识别（OCR）"
_PICTURES = (
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF87a", "GIF 图片"),
    (b"GIF89a", "GIF 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
)
_PACKED = ((b"Rar!", "RAR 压缩包"), (b"7z\xbc\xaf", "7z 压缩包"), (b"\x1f\x8b", "gzip 压缩包"))
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""OLE, the container of Office 97-2003 and of everything that Office or WPS locks with a password."""
_BEGINS_AS_PAGE = re.compile(
    r"(?:<\?xml[^>]{0,200}>\s{0,99})?(?:<!--.{0,2000}?-->\s{0,99}){0,3}<(?:!doctype\s{1,9}html|html|head|body|meta|title)\b",
    re.S,
)
_BEGINS_WITH_TAG = re.compile(r"<(?:div|p|table|span|center|article|section|h[1-6]|style|script|font|br)\b[^>]{0,500}>", re.S)
_HAS_TAG = re.compile(r"</?(?:html|body|div|p|table|tr|td|span|br|h[1-6]|li)\b[^>]{0,500}>", re.S)


def kind_of(name: str, content: bytes) -> str:
    """`docx` (a zip that may be one), `html`, `pdf` or `txt`. Raises Unreadable for what is known to be something else."""
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("是空的；请检查是否传错了文件")
    if len(content) > MOST_BYTES:
        raise Unreadable("超过 50 MB，不像一份通知；请只给出通知本身（去掉图片和附件）")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    _refuse_other_kinds(content)
    return _kind_of_text(name, content)


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(_COMPOUND):
        raise Unreadable(_compound(content))
    if content.startswith(b"{\\rtf"):
        raise Unreadable(f"是 RTF 文档；{_SAVE_AS}")
    if (what := _begins(content, _PICTURES)) or (content.startswith(b"RIFF") and content[8:12] == b"WEBP"):
        raise Unreadable(f"是{what or '图片'}，没有文字；{_OCR}")
    if content.startswith(b"BM") and content[6:10] == b"\0\0\0\0":
        raise Unreadable(f"是BMP 图片，没有文字；{_OCR}")
    if (what := _begins(content, _PACKED)) or content.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        raise Unreadable(f"是{what or '压缩包'}；请解压后给出通知本身")


def _compound(content: bytes) -> str:
    """Which Office file an OLE container is, by the names of its streams."""
    if _stream("EncryptedPackage") in content:
        return "设有打开密码；请去掉密码后再试"
    if _stream("Workbook") in content and _stream("WordDocument") not in content:
        return "是旧版 Excel 表格；请给出通知本身（.docx、.pdf、.html 或 .txt）"
    return f"是旧版 Word 或 WPS 文档（.doc、.wps）；{_SAVE_AS}"


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le")


def _begins(content: bytes, signatures: tuple[tuple[bytes, str], ...]) -> str | None:
    return next((what for start, what in signatures if content.startswith(start)), None)


def _kind_of_text(name: str, content: bytes) -> str:
    # The tags are ASCII in all encodings read here; without NULs those of UTF-16 are too.
    head = content[:8192].replace(b"\x00", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith(("mime-version:", "from: <saved by")) and "multipart/related" in head:
        raise Unreadable(f"是单个文件网页（MHT）；{_SAVE_AS}")
    if "<w:worddocument" in head or "<pkg:package" in head:
        raise Unreadable(f"是 XML 格式的 Word 文档；{_SAVE_AS}")
    named_page = name.lower().endswith((".html", ".htm", ".xhtml", ".shtml")) and _HAS_TAG.search(head)
    if named_page or _BEGINS_AS_PAGE.match(head) or _BEGINS_WITH_TAG.match(head):
        return "html"
    if head.startswith("<?xml"):
        raise Unreadable("是 XML 数据，不是通知；请给出 .docx、.pdf、.html 或 .txt")
    return "txt"
