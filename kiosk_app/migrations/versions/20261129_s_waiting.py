"""Indexes of the state hold the few that wait only: the whole one grew with all, and was preferred.

The state stands first in them although it is one value: planners without statistics take an index for
good by the columns that a query fixes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_s_waiting"
down_revision = "20261129_r_attended"
branch_labels = None
depends_on = None


def _create(name: str, columns: list[str]) -> None:
    waiting = sa.text("state = 'unmatched'")
    op.create_index(name, "attributions", columns, sqlite_where=waiting, postgresql_where=waiting)


def upgrade() -> None:
    """Forward."""
    op.drop_index("ix_attributions_unmatched", "attributions")
    op.drop_index("ix_attributions_state_item_id", "attributions")
    _create("ix_attributions_unmatched", ["state", "unit_id", "item_id"])
    _create("ix_attributions_waiting", ["state", "item_id"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_attributions_waiting", "attributions")
    op.drop_index("ix_attributions_unmatched", "attributions")
    op.create_index("ix_attributions_state_item_id", "attributions", ["state", "item_id"])
    _create("ix_attributions_unmatched", ["unit_id", "item_id"])
