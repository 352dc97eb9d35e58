"""Indexes of the attributions that came after the first of their item, and of unmatched ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_o_later"
down_revision = "20261129_n_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    later = sa.text("version > 1")
    op.create_index(
        "ix_attributions_later", "attributions", ["cause", "day", "unit_id", "item_id"],
        sqlite_where=later, postgresql_where=later,
    )
    waiting = sa.text("state = 'unmatched'")
    op.create_index(
        "ix_attributions_unmatched", "attributions", ["unit_id", "item_id"],
        sqlite_where=waiting, postgresql_where=waiting,
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_attributions_unmatched", "attributions")
    op.drop_index("ix_attributions_later", "attributions")
