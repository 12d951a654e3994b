"""What the answers of the API are made of: pages of lists, instants, reasons; who asks; units."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from duban.service.visiting import Visitor
from duban.web.api.documented import ReasonShape, nulls_kept
from duban.web.api.problems import reason_document
from storage.listing import UnitListed
from workflow.errors import Reason

T_ = TypeVar("T_")


def moment(instant: int | None) -> datetime | None:
    """UTC seconds as an instant of ISO 8601."""
    return datetime.fromtimestamp(instant, UTC) if instant is not None else None


def example(**values: Any) -> ConfigDict:
    """A model's configuration with an example of it."""
    return ConfigDict(json_schema_extra={"examples": [nulls_kept(values)]})


class ListOf(BaseModel, Generic[T_]):
    """One page of a list."""

    items: list[T_]
    next: str | None = Field(description="Where to go on (`after`); null: this was the end.", examples=[None])


def reason_shape(reason: Reason) -> ReasonShape:
    """In the words of a problem document."""
    return ReasonShape.model_validate(reason_document(reason))


class PostShape(BaseModel):
    """任职 of today."""

    unit: str
    role: str


class Me(BaseModel):
    """Who asks, as he stands today."""

    model_config = example(
        name="李可",
        number="1001",
        posts=[{"unit": "教工第一党支部", "role": "书记"}],
        may_act=True,
        csrf_token=None,
    )

    name: str
    number: str | None = Field(description="工号.")
    posts: list[PostShape]
    may_act: bool = Field(description="False for a token that only reads. What may be done is judged with each act.")
    csrf_token: str | None = Field(description="For `X-CSRF-Token`; null with a bearer token, which needs none.")

    @classmethod
    def of(cls, visitor: Visitor, csrf_token: str | None) -> Me:
        posts = [PostShape(unit=post.unit_name, role=post.role) for post in visitor.posts]
        return cls(name=visitor.name, number=visitor.number, posts=posts, may_act=visitor.may_act, csrf_token=csrf_token)


class UnitShape(BaseModel):
    """单位 as of today."""

    model_config = example(code="0307", name="第七党支部", kind="党支部", branch_kind="专任教师", members=12, parent="03")

    code: str
    name: str
    kind: str
    branch_kind: str | None
    members: int | None
    parent: str | None = Field(description="The code of the unit above.")

    @classmethod
    def of(cls, line: UnitListed) -> UnitShape:
        return cls(
            code=line.code,
            name=line.name,
            kind=line.kind,
            branch_kind=line.branch_kind,
            members=line.members,
            parent=line.parent,
        )


def listed(found: Iterable[Any], shape: Callable[[Any], T_], next_: str | None) -> ListOf[T_]:
    """A page of a list from what a service answered."""
    return ListOf(items=[shape(each) for each in found], next=next_)
