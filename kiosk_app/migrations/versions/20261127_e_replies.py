"""An officer's replies to the own figures. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261127_e_replies"
down_revision = "20261126_v_paper"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "officer_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_officer_replies_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_replies")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_officer_replies_officer_id"), "officer_replies", ["officer_id"], unique=False)
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back."""
    op.drop_table("officer_replies")
