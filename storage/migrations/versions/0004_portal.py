"""The portal: local accounts, sessions, one-time links and tokens; forms saved half-way; requests for a later day; judged lines"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state = 'open'")
FILL_JUDGED = """
    UPDATE duty SET judged_day = (
        SELECT line.due_day FROM journal AS line
        WHERE line.unit_id = duty.unit_id AND line.duty_id = duty.id AND line.act IN ('submit', 'receive')
        AND NOT EXISTS (
            SELECT 1 FROM journal AS other
            WHERE other.unit_id = duty.unit_id AND other.duty_id = duty.id AND (
                (other.act = 'withdraw' AND other.on_time IS NULL AND other.id > line.id)
                OR (other.act IN ('return', 'reopen') AND other.on_time IS NOT NULL AND other.id < line.id)
            )
        )
        ORDER BY line.effective_on, line.id
        LIMIT 1
    )
    WHERE first_submitted_at IS NOT NULL
"""
"""The line of the first submission that gave the mark: none withdrawn with its mark, none after a return. By the unit: an index has it."""


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rights", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.Column("last_used_on", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
    )
    op.create_index("ix_api_token_hash", "api_token", ["hash"], unique=True)
    op.create_table(
        "calendar_address",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_address")),
    )
    op.create_table(
        "saved_form",
        sa.Column("duty_id", BIG, autoincrement=False, nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_person", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("duty_id", name=op.f("pk_saved_form")),
    )
    op.create_table(
        "extension_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", BIG, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("to_day", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by_person", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", BIG, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_request")),
    )
    op.create_index("ix_extension_request_duty", "extension_request", ["duty_id", "epoch"], unique=False)
    op.create_index(
        "uq_extension_request_open", "extension_request", ["duty_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "invitation",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("used_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_invitation")),
    )
    op.create_table(
        "sign_in",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sign_in")),
    )
    op.create_index("ix_sign_in_expires", "sign_in", ["expires_at"], unique=False)
    op.create_index("ix_sign_in_person", "sign_in", ["person_id"], unique=False)
    op.create_table(
        "sign_in_failure",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", BIG, nullable=False),
        sa.Column("refused_until", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "account",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.Column("disabled_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_account")),
    )
    op.add_column("duty", sa.Column("judged_day", sa.Integer(), nullable=True))
    op.execute(sa.text(FILL_JUDGED))


def downgrade() -> None:
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_column("judged_day")
    op.drop_table("account")
    op.drop_table("sign_in_failure")
    op.drop_index("ix_sign_in_person", table_name="sign_in")
    op.drop_index("ix_sign_in_expires", table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("invitation")
    op.drop_index("uq_extension_request_open", table_name="extension_request")
    op.drop_index("ix_extension_request_duty", table_name="extension_request")
    op.drop_table("extension_request")
    op.drop_table("saved_form")
    op.drop_table("calendar_address")
    op.drop_index("ix_api_token_hash", table_name="api_token")
    op.drop_table("api_token")
