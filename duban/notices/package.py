"""The parts of a Word file: its XML, bounded, and which part plays which role."""

from __future__ import annotations

import posixpath
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from lxml import etree

from duban.notices.lines import Unreadable

MOST_OF_A_PART = 24 * 1024**2
"""Bytes of XML. A notice of a hundred pages has some five million; as a tree they take ten times the room."""
OTHERS = (
    ("xl/workbook.xml", "是 Excel 表格；请给出通知本身（.docx、.pdf、.html 或 .txt）"),
    ("ppt/presentation.xml", "是演示文稿；请给出通知本身（.docx、.pdf、.html 或 .txt）"),
    ("OFD.xml", "是 OFD 版式文件；请用阅读软件转换为 .pdf 或 .docx"),
    ("content.xml", "是 OpenDocument 文档；请打开后另存为 .docx"),
)
_DAMAGED = "已损坏，打不开；请用 WPS 或 Word 打开后另存为 .docx"


def name_of(node: etree._Element) -> str:
    """The name of an element without its namespace: Word has two sets of them (transitional and strict)."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(node: etree._Element | None, key: str = "val") -> str | None:
    """An attribute, whatever its namespace; None without node or attribute."""
    if node is None:
        return None
    return next((str(found) for name, found in node.attrib.items() if str(name).rpartition("}")[2] == key), None)


def child(node: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element under `node` by its names downwards."""
    for step in path:
        if node is None:
            return None
        node = next((each for each in node if name_of(each) == step), None)
    return node


class Package:
    """A Word file. Raises Unreadable if it is none."""

    def __init__(self, content: bytes) -> None:
        try:
            self.zip = ZipFile(BytesIO(content))
        except (BadZipFile, NotImplementedError, ValueError, OSError):
            raise Unreadable(_DAMAGED) from None
        self.names = frozenset(self.zip.namelist())
        self.main = self._main()

    def part(self, name: str | None) -> etree._Element | None:
        """The root of a part's XML; None without such a part."""
        if name is None or name not in self.names:
            return None
        if self.zip.getinfo(name).flag_bits & 1:
            raise Unreadable("设有打开密码；请去掉密码后再试")
        if self.zip.getinfo(name).file_size > MOST_OF_A_PART:
            raise Unreadable("展开后太大，不像一份通知；请只给出通知本身")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
        try:
            with self.zip.open(name) as file:
                content = file.read(self.zip.getinfo(name).file_size)  # no more than it says, however much it holds
            return etree.fromstring(content, parser)
        except MemoryError:
            raise
        except Exception as error:  # zlib, bz2, lzma, struct and the parser of XML each have their own word for it
            if "emory" in str(error):
                raise MemoryError from None
            raise Unreadable(_DAMAGED) from None

    def related(self, kind: str) -> str | None:
        """The part that plays a role for the main one: `styles`, `numbering`, `footnotes`."""
        return next((target for target, role in self.relations(self.main).values() if role == kind), None)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """{id: (part, role)} of what a part refers to."""
        folder, _, file = part.rpartition("/")
        root = self.part(posixpath.join(folder, "_rels", f"{file}.rels"))
        return {
            value(each, "Id") or "": (
                _place(folder, value(each, "Target") or ""),
                (value(each, "Type") or "").rpartition("/")[2],
            )
            for each in (root if root is not None else ())
        }

    def _main(self) -> str:
        roles = self.relations("").values()
        main = next(
            (target for target, role in roles if role == "officeDocument" and target in self.names), "word/document.xml"
        )
        if main in self.names and not any(part in self.names for part, _ in OTHERS[:2]):
            return main
        raise Unreadable(
            next((what for part, what in OTHERS if part in self.names), "是压缩包，或已损坏；请解压后给出通知本身")
        )


def _place(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
