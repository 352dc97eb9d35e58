"""Batches of paper forms. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema
from kiosk_app.core.columns import UTCDateTime

revision = "20261126_v_paper"
down_revision = "20261126_u_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "paper_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("double_keyed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_by", sa.String(length=120), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_by", sa.String(length=120), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('keying','closed')", name=op.f("ck_paper_batches_state")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_paper_batches_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batches")),
    )
    op.create_table(
        "paper_forms",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.String(length=36), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["paper_batches.id"], name=op.f("fk_paper_forms_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_paper_forms")),
    )
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back."""
    op.drop_table("paper_forms")
    op.drop_table("paper_batches")
