"""What is found in a notice: frozen nouns between the readers of a notice and the writer of the definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from phases.reader.document import Document, Passage, Quote
from workflow.model import Deadline


@dataclass(frozen=True, kw_only=True)
class Section:
    """A numbered part (一、 （一） 1. （1） ① 第一阶段 一是) or an unnumbered one under a heading of its own.

    `marker` is the number as written, `level` how deep (1 一、, 2 （一）, 3 1., 4 （1）, 5 ①, 6 inline 一是/第一，), `heading` the words
    up to the first full stop, colon, bracket with a date, or the line's end, without marker; `parent` the index in
    `Outline.sections` of the part it stands in, None at the top. `passages` are the indexes of its passages in
    `Outline.passages`, the subsections' included; `first` is where its heading begins in the text of its first passage,
    `end` where it ends in the text of its last one (an inline section covers a part of one passage).
    """

    marker: str
    level: int
    heading: str
    parent: int | None
    passages: range
    first: int
    end: int
    quote: Quote


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence: `passages[passage].text[at:to]`; `section` is the innermost section it stands in."""

    passage: int
    at: int
    to: int
    text: str
    section: int | None


@dataclass(frozen=True, kw_only=True)
class Outline:
    """How a notice is built. `body` are the indexes of the passages that are its text, without head, signature and page furniture."""

    document: Document
    passages: tuple[Passage, ...]
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    body: range

    def quote(self, sentence: Sentence) -> Quote:
        return self.document.quote_of(self.passages[sentence.passage], sentence.at, sentence.to)

    def chain(self, section: int | None) -> tuple[Section, ...]:
        """The section and those it stands in, innermost first."""
        found: list[Section] = []
        while section is not None:
            found.append(self.sections[section])
            section = self.sections[section].parent
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A day on which the notice may have been issued: `where` is signature 落款, imprint 印发,
    header 页眉, posted 发布 or document-number."""

    day: date
    where: str
    quote: Quote


@dataclass(frozen=True, kw_only=True)
class Head:
    """Who says what to whom: title, issuer, day of issue and why that one, document number, addressees (主送).

    `issued` is None if no day of issue stands in the notice; then `year` may be known from elsewhere (文号, 标题). `why` says in
    Chinese how the day was chosen among `days`. `anchor` supplies the year of every phrase: `issued`, else 1 January of `year`.
    """

    title: str | None = None
    title_quote: Quote | None = None
    issuer: str | None = None
    issuer_quote: Quote | None = None
    issued: date | None = None
    published: date | None = None
    year: int | None = None
    why: str = ""
    days: tuple[Dated, ...] = ()
    document_no: str | None = None
    addressees: tuple[str, ...] = ()
    addressees_quote: Quote | None = None
    contact: tuple[str, str, str] | None = None
    """(unit, name, phone) as far as the notice gives them; "" for what it does not."""

    @property
    def anchor(self) -> date | None:
        return self.issued or (date(self.year, 1, 1) if self.year else None)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """阶段: a phase of the campaign as the notice names it. `deadline` is None if it has no time; `overall` is the whole campaign's
    frame (全程), which is no step of it. `section` is its place in `Outline.sections`, None if it stands in running text."""

    name: str
    quote: Quote
    deadline: Deadline | None = None
    points: tuple[str, ...] = ()
    overall: bool = False
    section: int | None = None


@dataclass(frozen=True, kw_only=True)
class Demand:
    """事项: something somebody must do. `what` names it in a few words, `materials` are the papers it consists of (() if none).

    `who` are those who owe it as written (() means the addressees), `office` is True if a superior or an office will do it,
    `to` receives papers. `deadline` is None if none is written; its kind tells before / window / recurring / event. `stage` names
    the phase it stands in. `quantities` are (what, least, most or None). `grades` and `branch_kinds` restrict it to such units.
    `status` is binding, tentative (拟, 暂定), superseded (原定), or past; only binding ones become tasks.
    """

    what: str
    quote: Quote
    materials: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    office: bool = False
    to: str | None = None
    ways: tuple[str, ...] = ()
    deadline: Deadline | None = None
    stage: str | None = None
    owners: tuple[str, ...] = ()
    quantities: tuple[tuple[str, int, int | None], ...] = ()
    grades: tuple[str, ...] = ()
    branch_kinds: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    status: str = "binding"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """等次: the grades a notice names, best first, with who grades whom by what, as far as it says. `subject` and `grader` as written."""

    grades: tuple[str, ...]
    quote: Quote
    subject: str | None = None
    grader: str | None = None
    evidence: tuple[str, ...] = ()
    deadline: Deadline | None = None
    stage: str | None = None
    no: int = 0
    """Counted from 1 in the draft: its key, whatever is struck out before it."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """目标: `share` of those in `source` reach `to` (grades as written, None if not named)."""

    share: Fraction
    quote: Quote
    source: str | None = None
    to: str | None = None
    at_least: bool = True
    deadline: Deadline | None = None
    no: int = 0


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """待定: what a person must decide. `about` is the item it concerns (its name), "" for the whole notice; `proposal` what Duban
    would do, `value` what it would fill in for that ("" if only a person can tell); `answer_key` is stable, people answer under
    it (阶段/学习先进/时间)."""

    why: str
    proposal: str
    answer_key: str
    value: str = ""
    quote: Quote | None = None
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A notice read. `deliverables` are papers and dated work of the addressees or a named unit, `recurring` what comes again,
    `tasks` other work (without a time, by quantity, by an office, by an event)."""

    document: Document
    head: Head
    stages: tuple[Stage, ...] = ()
    deliverables: tuple[Demand, ...] = ()
    recurring: tuple[Demand, ...] = ()
    tasks: tuple[Demand, ...] = ()
    scales: tuple[Scale, ...] = ()
    aims: tuple[Aim, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    dates: tuple[tuple[str, date], ...] = ()
    """Days of events that somebody answered: (表彰大会, 2012-06-28)."""
