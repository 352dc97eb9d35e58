"""A person's decisions about unmatched ratings. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261126_t_matches"
down_revision = "20261126_survey"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "rating_matches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("code_key", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.String(length=64), nullable=False),
        sa.Column("row_seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["rating_items.id"], name=op.f("fk_rating_matches_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_matches")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rating_matches_item_id"), "rating_matches", ["item_id"], unique=False)
    op.create_index(op.f("ix_rating_matches_code_key"), "rating_matches", ["code_key"], unique=False)
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back."""
    op.drop_table("rating_matches")
