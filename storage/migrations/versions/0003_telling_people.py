"""Telling people: what holds a reminder back, what people answer, how channels fare, papers; places on the ladder that are held"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLANNED = sa.text("state = 'planned'")


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("duty_id", BIG, nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("rung", sa.String(), nullable=True),
        sa.Column("until_day", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_duty", "answer", ["duty_id", "epoch"], unique=False)
    op.create_index("ix_answer_person", "answer", ["person_id", "kind", "until_day"], unique=False)

    op.create_table(
        "blocked_address",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_blocked_address")),
    )
    op.create_table(
        "channel_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("open_until", BIG, nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("since", BIG, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channel_state")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", BIG, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("duty_id", "epoch", "rung", name=op.f("uq_decision_duty_id_epoch_rung")),
    )
    op.create_table(
        "inbound_event",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("body_sha", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "event_id", name=op.f("pk_inbound_event")),
    )
    op.create_table(
        "rate_use",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.PrimaryKeyConstraint("channel", "at_ms", "n", name=op.f("pk_rate_use")),
    )
    op.create_table(
        "reply_token",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("used_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_reply_token")),
    )
    op.create_index(op.f("ix_reply_token_message_id"), "reply_token", ["message_id"], unique=False)

    op.create_table(
        "wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_wish")),
    )
    op.create_table(
        "campaign_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_version_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_campaign_version_definition_id_definition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_version")),
        sa.UniqueConstraint("campaign_id", "no", name=op.f("uq_campaign_version_campaign_id_no")),
    )
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("from_at", BIG, nullable=False),
        sa.Column("to_at", BIG, nullable=True),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_pause_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index("ix_pause_campaign", "pause", ["campaign_id"], unique=False)

    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("rung_min", sa.Integer(), nullable=True),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("by_person", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_silence_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_silence_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_index("ix_silence_days", "silence", ["last_day"], unique=False)

    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("due_day", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", BIG, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_paper_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_paper_task_id_task")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_paper_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint(
            "kind",
            "campaign_id",
            "task_id",
            "due_day",
            "unit_id",
            name=op.f("uq_paper_kind_campaign_id_task_id_due_day_unit_id"),
        ),
    )
    op.add_column("duty", sa.Column("review_day", sa.Integer(), nullable=True))

    op.add_column("message", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("preview", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("expires_at", BIG, nullable=True))
    op.add_column("message", sa.Column("provider_id", sa.String(), nullable=True))
    op.drop_index(op.f("ix_message_waiting"), table_name="message")
    op.create_index("ix_message_waiting", "message", ["state", "urgent", "not_before"], unique=False)
    op.create_index("ix_message_provider", "message", ["channel", "provider_id"], unique=False)

    op.add_column("post", sa.Column("stands_for", sa.Integer(), nullable=True))
    op.create_index(
        "ix_post_delegated",
        "post",
        ["valid_to"],
        unique=False,
        sqlite_where=sa.text("delegated = 1"),
        postgresql_where=sa.text("delegated = true"),
    )

    op.add_column("reminder", sa.Column("post_id", sa.Integer(), nullable=True))
    op.add_column("reminder", sa.Column("offers", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_reminder_planned", "reminder", ["recipient_id"], unique=False, sqlite_where=PLANNED, postgresql_where=PLANNED
    )

    op.add_column("run", sa.Column("kind", sa.String(), nullable=False, server_default="run"))
    op.add_column("run", sa.Column("why", sa.String(), nullable=True))

    op.add_column("timer", sa.Column("held_to", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_column("held_to")

    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("why")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("kind")

    op.drop_index("ix_reminder_planned", table_name="reminder")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_column("offers")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_column("post_id")

    op.drop_index("ix_post_delegated", table_name="post")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_column("stands_for")

    op.drop_index("ix_message_provider", table_name="message")
    op.drop_index("ix_message_waiting", table_name="message")
    op.create_index(op.f("ix_message_waiting"), "message", ["state", "not_before"], unique=False)
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("provider_id")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("expires_at")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("preview")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("urgent")

    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_column("review_day")

    op.drop_table("paper")
    op.drop_index("ix_silence_days", table_name="silence")

    op.drop_table("silence")
    op.drop_index("ix_pause_campaign", table_name="pause")

    op.drop_table("pause")
    op.drop_table("campaign_version")
    op.drop_table("wish")
    op.drop_index(op.f("ix_reply_token_message_id"), table_name="reply_token")

    op.drop_table("reply_token")
    op.drop_table("rate_use")
    op.drop_table("inbound_event")
    op.drop_table("decision")
    op.drop_table("channel_state")
    op.drop_table("blocked_address")
    op.drop_index("ix_answer_person", table_name="answer")
    op.drop_index("ix_answer_duty", table_name="answer")

    op.drop_table("answer")
