"""How random numbers are drawn so that they still add up."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

SEED = 2012


def stream(kind: str, purpose: str) -> Random:
    """Random numbers for one purpose: draws for another purpose do not move them."""
    return Random(f"{SEED}/{kind}/{purpose}")


def shuffled(random: Random, values: Iterable[T]) -> list[T]:
    mixed = list(values)
    random.shuffle(mixed)
    return mixed


def parts(random: Random, count: int, total: int, *, least: int, most: int) -> list[int]:
    """`count` whole numbers between `least` and `most` that add up to `total`."""
    if not count * least <= total <= count * most:
        raise ValueError(f"{count} numbers between {least} and {most} cannot add up to {total}")
    middle = total / count
    values = [min(most, max(least, round(random.gauss(middle, (most - least) / 5)))) for _ in range(count)]
    while (missing := total - sum(values)) != 0:
        step = 1 if missing > 0 else -1
        index = random.randrange(count)
        if least <= values[index] + step <= most:
            values[index] += step
    return values


def pick(random: Random, values: Sequence[T], count: int) -> list[T]:
    """`count` of `values`, in their order."""
    return [values[index] for index in sorted(random.sample(range(len(values)), count))]


def tally(values: Iterable[K]) -> dict[K, int]:
    counts: dict[K, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts
