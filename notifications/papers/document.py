"""How does a paper become a Word file? By a template an office may replace; the same content always gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notifications.papers.content import KINDS, PaperContent
from notifications.papers.wording import Said, file_name, said
from workflow.errors import FileError, Problem

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

__all__ = ["FILES", "PaperTemplateProblem", "document", "file_name"]

FILES = {kind: f"{kind}.docx" for kind in KINDS}
"""The template of each kind: ours, or the file of this name in the folder of an office's own."""
GIVEN = "paper"
"""The one name a template gets; what it holds is `notifications.papers.wording.Said`."""
_ALWAYS = (1980, 1, 1, 0, 0, 0)  # a zip's first day


class PaperTemplateProblem(FileError):
    """A Word template that is wrong: what is wrong in it, and what to do."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__("公文模板", [Problem(text=text, path=path)])
        self.path, self.text = path, text
        self.code = "bad-template"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path, self.text)


def document(content: PaperContent, templates: Path | None = None) -> bytes:
    """The .docx of a paper: 代拟稿 while it is a draft, with its 文号 and without the mark once it is signed.

    `templates` is the office's folder; a file named as ours replaces it. Raises `PaperTemplateProblem`.
    """
    words = said(content)
    place, template = _template(content.kind, templates)
    try:
        made = _rendered(template, words, content)
    except Exception as error:  # the office writes templates: whatever they raise belongs to theirs
        raise PaperTemplateProblem(place, _sentence(error)) from error
    if words.mark and words.mark.encode() not in made[1]:
        raise PaperTemplateProblem(place, f"没有标明“{words.mark}”：请在页眉里写上 {{{{ {GIVEN}.mark }}}}")
    return made[0]


def _template(kind: str, templates: Path | None) -> tuple[str, bytes]:
    """What an error calls it, and the file."""
    if templates is not None:
        if not templates.is_dir():
            raise PaperTemplateProblem(str(templates), "没有这个文件夹，请改正模板文件夹的设置")
        own = templates / FILES[kind]
        if own.exists():
            try:
                return str(own), own.read_bytes()
            except OSError as error:
                raise PaperTemplateProblem(str(own), f"读不出来（{error.strerror}）") from error
    ours = resources.files("notifications") / "papers" / "templates" / FILES[kind]
    return f"notifications/papers/templates/{FILES[kind]}", ours.read_bytes()


def _rendered(template: bytes, words: Said, content: PaperContent) -> tuple[bytes, bytes]:
    """The file, and the XML of its parts one after the other."""
    from notifications.papers.filling import environment, filling

    made: DocxTemplate = filling(io.BytesIO(template))
    made.render({GIVEN: words}, jinja_env=environment(), autoescape=True)
    _dated(made, content)
    saved = io.BytesIO()
    made.save(saved)
    return _packed(saved)


def _dated(made: DocxTemplate, content: PaperContent) -> None:
    """The day in the file's properties is the paper's, not that of the machine which writes it."""
    day = datetime.combine(content.signed_on or content.drafted_on, time(8))
    properties = made.docx.core_properties  # get_docx() would read the template again
    properties.created = properties.modified = day
    properties.last_modified_by, properties.revision = "", 1


def _packed(saved: io.BytesIO) -> tuple[bytes, bytes]:
    """The same parts under fixed dates and uncompressed: no clock and no version of a compressor shows in the bytes."""
    out, texts = io.BytesIO(), []
    with zipfile.ZipFile(saved) as found, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name in found.namelist():
            part = zipfile.ZipInfo(name, _ALWAYS)
            part.create_system, part.external_attr = 0, 0
            packed.writestr(part, found.read(name))
            if name.endswith(".xml"):
                texts.append(found.read(name))
    return out.getvalue(), b"\n".join(texts)


def _sentence(error: Exception) -> str:
    from notifications.papers.filling import sentence

    return sentence(error)
