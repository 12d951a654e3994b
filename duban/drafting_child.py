"""A long notice drafted in a process of its own (`duban/child.py`): document and answers on stdin, the draft or what is wrong on stdout.

Both ends are ours, so values go over as pickles.
"""

from __future__ import annotations

import pickle
import sys

from phases.reader.draft import draft
from workflow.errors import DefinitionError


def answer(asked: bytes) -> bytes:
    document, answers = pickle.loads(asked)
    try:
        return pickle.dumps(draft(document, answers))
    except DefinitionError as error:
        return pickle.dumps(error)


if __name__ == "__main__":
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
