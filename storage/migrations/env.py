"""How Alembic meets our tables. `config.attributes["connection"]` is given by storage.migrate, or by a developer's alembic.ini."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

import storage.tables_portal
import storage.tables_telling  # noqa: F401  (fills the metadata, with storage.tables)


def render_item(kind: str, thing: Any, _autogen: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(thing, TypeDecorator):
        return "sa." + repr(thing.impl_instance)
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    version_table="duban_version",  # a portal in the same schema may have an alembic_version of its own
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
