"""The calendar: its versions, what imports said, and the line each duty was planned by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("statutory", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
    )
    op.create_table(
        "calendar_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("week_one", sa.Integer(), nullable=True),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("superseded_at", BIG, nullable=False),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_entry_calendar_id_calendar")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
    )
    op.create_index("ix_calendar_entry_believed", "calendar_entry", ["superseded_at"], unique=False)
    op.add_column("duty", sa.Column("planned_day", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_column("planned_day")
    op.drop_index("ix_calendar_entry_believed", table_name="calendar_entry")
    op.drop_table("calendar_entry")
    op.drop_table("calendar")
