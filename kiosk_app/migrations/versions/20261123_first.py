"""The first schema."""

from __future__ import annotations

from alembic import op

from kiosk_app import schema, tables

revision = "20261123_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    tables.metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Back."""
    schema.drop_triggers(op.get_bind())
    tables.metadata.drop_all(op.get_bind())
