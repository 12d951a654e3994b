"""How long does a form take, about? So that nobody puts off for a week what takes eight minutes."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from phases.forms import schema
from phases.forms.shape import Shape, read_shape

TICK = 0.5
"""Minutes for a choice, a day, a number or a name."""
SENTENCE = 1.5
HALF_PAGE = 5.0
LONG = 300
"""Characters from which half a page is meant."""
AS_LONG_AS_ITS_LIST = ("定级", "测评")
"""Forms whose length is that of a list of units or of a meeting: nobody can tell beforehand."""
WITHOUT_FORM = 1


def minutes(form: str | None) -> int | None:
    """Whole minutes for what must be filled in, a list counted with one entry; None where that tells nothing."""
    if form is None:
        return WITHOUT_FORM
    if form in AS_LONG_AS_ITS_LIST:
        return None
    return ceil(sum(_each(read_shape(schema(form)))))


def _each(shape: Shape) -> Iterator[float]:
    if shape.type == "object":
        for key in shape.required:
            yield from _each(shape.properties[key])
    elif shape.items is not None:
        yield from _each(shape.items)
    elif shape.type != "string" or shape.labels or shape.is_date or (shape.max_length or 0) < 100:
        yield TICK
    else:
        yield HALF_PAGE if (shape.max_length or 0) >= LONG else SENTENCE
