"""What learners say of a session, without their names. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261129_a_reactions"
down_revision = "20261128_i_certificates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('reaction_boxes',
    sa.Column('session_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('questionnaire', sa.String(length=48), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.Column('counts', sa.Text(), nullable=False),
    sa.Column('comments', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['training_sessions.id'], name=op.f('fk_reaction_boxes_session_id')),
    sa.PrimaryKeyConstraint('session_id', name=op.f('pk_reaction_boxes'))
    )
    op.create_table('spent_reactions',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_spent_reactions')),
    sqlite_with_rowid=False
    )
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back."""
    op.drop_table("spent_reactions")
    op.drop_table("reaction_boxes")
