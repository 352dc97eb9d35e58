"""Estimates of training effects, and those published. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261128_g_effects"
down_revision = "20261128_a_rounds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('effect_estimates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(length=80), nullable=False),
    sa.Column('figures', sa.Text(), nullable=False),
    sa.Column('made_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['training_sessions.id'], name=op.f('fk_effect_estimates_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_effect_estimates')),
    sa.UniqueConstraint('session_id', 'version', name=op.f('uq_effect_estimates_session_id_version'))
    )
    op.create_table('effect_publications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(length=80), nullable=False),
    sa.Column('figures', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_ms', sa.BigInteger(), nullable=False),
    sa.Column('published_by', sa.String(length=120), nullable=False),
    sa.Column('published_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['training_sessions.id'], name=op.f('fk_effect_publications_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_effect_publications')),
    sa.UniqueConstraint('session_id', 'version', name=op.f('uq_effect_publications_session_id_version')),
    sqlite_autoincrement=True
    )
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back."""
    op.drop_table("effect_publications")
    op.drop_table("effect_estimates")
