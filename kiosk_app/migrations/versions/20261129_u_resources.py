"""A room or trainer may be retired: no longer offered, but kept for what bears its name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_u_resources"
down_revision = "20261129_t_reissue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("training_resources", sa.Column(
        "retired", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("training_resources") as table:
        table.drop_column("retired")
