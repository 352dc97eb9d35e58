"""The ledger of disclosure decisions. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261127_n_disclosure"
down_revision = "20261127_i_watch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "disclosure_decisions",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("member", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("final", sa.Integer(), nullable=False),
        *(sa.Column(f"n_{level}", sa.Integer(), nullable=False) for level in range(1, 6)),
        sa.Column("decided_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("shown IN (0, 1)", name=op.f("ck_disclosure_decisions_shown")),
        sa.PrimaryKeyConstraint(
            "unit_id", "dimension", "period", "member", "version",
            name=op.f("pk_disclosure_decisions"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "disclosure_rounds",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=120), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("unprotected", sa.Integer(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "year", name=op.f("pk_disclosure_rounds")),
    )
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back."""
    op.drop_table("disclosure_rounds")
    op.drop_table("disclosure_decisions")
