"""Comments as the rules of text read them, and their counts; the worker reads those there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_n_readings"
down_revision = "20261129_b_checklists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "comment_readings",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("rank", sa.String(length=16), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_comment_readings")),
        sa.UniqueConstraint("ref", name=op.f("uq_comment_readings_ref")),
    )
    op.create_index(op.f("ix_comment_readings_week_rank"), "comment_readings", ["week", "rank"])
    for who in ("officer_id", "procedure_id"):
        op.create_index(
            op.f(f"ix_comment_readings_{who}_week_rank"), "comment_readings", [who, "week", "rank"]
        )
    op.create_table(
        "comment_counts",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit_id", "month", "week", "topic", "side", name=op.f("pk_comment_counts")
        ),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("comment_counts")
    op.drop_table("comment_readings")
