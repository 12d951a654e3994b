"""Where each character of a rewritten text stood in the text as it was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mapped:
    """A text that was rewritten: `text[i]` comes from `starts[i]`..`ends[i]` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Mapped:
        """A text as it was given, or one in which every character stands in its old place."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def place(self, at: int, to: int) -> tuple[int, int]:
        """Where `text[at:to]`, which is not empty, stands in the original."""
        return self.starts[at], self.ends[to - 1]

    def sub(self, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> Mapped:
        """The text with every match rewritten. Of a rewriting of the same length each character keeps its place."""
        if not pattern.search(self.text):
            return self
        texts, starts, ends, done = [], list[int](), list[int](), 0
        for found in pattern.finditer(self.text):
            at, to = found.span()
            words = new if isinstance(new, str) else new(found)
            if words == found[0]:
                continue
            texts += [self.text[done:at], words]
            starts += self.starts[done:at]
            ends += self.ends[done:at]
            if len(words) == to - at:
                starts += self.starts[at:to]
                ends += self.ends[at:to]
            else:
                starts += [self.starts[at]] * len(words)
                ends += [self.ends[to - 1]] * len(words)
            done = to
        texts.append(self.text[done:])
        starts += self.starts[done:]
        ends += self.ends[done:]
        return Mapped("".join(texts), starts, ends)
