"""The tables of the portal, beside those of `storage/tables.py`: who may sign in and how, what a form holds before it is sent, and what a
branch asks of its superior.

Days are integers (`date.toordinal()`), instants UTC seconds, as everywhere. Instants of sign-in, links and tokens are real time, also in a
sandbox; those of forms and requests are the campaign's.
"""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, table


class Account(SQLModel, table=True):
    """账号: a local account of a person, for a campus without a sign-on of its own. `password` is an argon2 hash with its parameters."""

    __tablename__ = "account"
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    password: str
    made_at: int = Field(sa_type=BIG)
    changed_at: int = Field(sa_type=BIG)
    disabled_at: int | None = Field(default=None, sa_type=BIG)


class SignIn(SQLModel, table=True):
    """登录: one session of one person. Only the hash of its secret is remembered; ended ones are deleted."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person", "person_id"), Index("ix_sign_in_expires", "expires_at"))
    hash: str = Field(primary_key=True)
    person_id: int
    at: int = Field(sa_type=BIG)
    expires_at: int = Field(sa_type=BIG)


class SignInFailure(SQLModel, table=True):
    """How often signing in failed in a row, for a name or from an address (`key` is a hash of either), and until when it is refused."""

    __tablename__ = "sign_in_failure"
    key: str = Field(primary_key=True)
    failures: int
    last_at: int = Field(sa_type=BIG)
    refused_until: int = Field(sa_type=BIG)


class Invitation(SQLModel, table=True):
    """一次性链接: who opens it sets a password. `setup` is for whoever sets the portal up (no person yet), `invite` for one person.

    Only the hash is remembered; it serves once and until `expires_at`.
    """

    __tablename__ = "invitation"
    hash: str = Field(primary_key=True)
    kind: str
    person_id: int | None = None
    by_person: int | None = None
    at: int = Field(sa_type=BIG)
    expires_at: int = Field(sa_type=BIG)
    used_at: int | None = Field(default=None, sa_type=BIG)


class ApiToken(SQLModel, table=True):
    """接口令牌: a program acts as a person, at most with his rights: `read` only looks, `act` may act. With `unit_id` it sees that subtree
    only. Only the hash is remembered."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_hash", "hash", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    hash: str
    name: str
    person_id: int
    rights: str
    unit_id: int | None = None
    by_person: int | None = None
    at: int = Field(sa_type=BIG)
    expires_at: int = Field(sa_type=BIG)
    revoked_at: int | None = Field(default=None, sa_type=BIG)
    last_used_on: int | None = None


class CalendarAddress(SQLModel, table=True):
    """The signed address of a person's iCalendar holds `no`: one more, and the old address opens nothing."""

    __tablename__ = "calendar_address"
    person_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    no: int


class SavedForm(SQLModel, table=True):
    """暂存: what stands in the form of a duty before it is sent. It belongs to the duty, not to the person: a successor finds it.

    `version` counts saves, so that two who fill in the same form do not overwrite each other unseen. Deleted when submitted.
    """

    __tablename__ = "saved_form"
    duty_id: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    data: str
    version: int
    by_person: int
    at: int = Field(sa_type=BIG)


class ExtensionRequest(SQLModel, table=True):
    """延期申请: a unit asks for a later last day of one duty in one epoch. `state` is open, granted, refused or withdrawn."""

    __tablename__ = "extension_request"
    __table_args__ = (
        Index(
            "uq_extension_request_open",
            "duty_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_extension_request_duty", "duty_id", "epoch"),
    )
    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(sa_type=BIG)
    epoch: int
    to_day: int
    reason: str
    state: str = "open"
    by_person: int
    at: int = Field(sa_type=BIG)
    answered_by: int | None = None
    answered_at: int | None = Field(default=None, sa_type=BIG)
    answer: str | None = None


ACCOUNT, SIGN_IN, SIGN_IN_FAILURE, INVITATION = map(table, ("account", "sign_in", "sign_in_failure", "invitation"))
API_TOKEN, CALENDAR_ADDRESS = map(table, ("api_token", "calendar_address"))
SAVED_FORM, EXTENSION_REQUEST = map(table, ("saved_form", "extension_request"))
