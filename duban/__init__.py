"""Duban (督办): campaigns of a Party committee run as a workflow.

    from duban import Engine, Refused

The first import makes sure that `storage`, `notifications` and the other rooms are ours: a portal may have packages of these names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duban import rooms as _rooms

if TYPE_CHECKING:
    from duban.engine import Engine as Engine
    from duban.web.app import create_app as create_app
    from workflow.errors import DefinitionError as DefinitionError
    from workflow.errors import DubanError as DubanError
    from workflow.errors import NotFound as NotFound
    from workflow.errors import Reason as Reason
    from workflow.errors import Refused as Refused
    from workflow.errors import WorkbookError as WorkbookError

__version__ = "0.1.0"
__all__ = [
    "DefinitionError",
    "DubanError",
    "Engine",
    "NotFound",
    "Reason",
    "Refused",
    "WorkbookError",
    "__version__",
    "create_app",
]

_ERRORS = frozenset(__all__) - {"Engine", "__version__", "create_app"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: `duban --help` needs none of it."""
    if name == "Engine":
        _rooms.check()
        from duban.engine import Engine

        return Engine
    if name == "create_app":
        _rooms.check()
        from duban.web.app import create_app

        return create_app
    if name in _ERRORS:
        from workflow import errors

        return getattr(errors, name)
    raise AttributeError(f"module 'duban' has no attribute {name!r}")
