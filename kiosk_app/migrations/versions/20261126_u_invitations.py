"""Invitations get a name, the receipt they are for and a coarse time of answer; parked pushes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126_u_invitations"
down_revision = "20261126_t_matches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; no version before this one wrote the table."""
    op.drop_table('invitations')
    op.create_table('invitations',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=32), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=True),
        sa.Column('dossier_id', sa.Integer(), nullable=True),
        sa.Column('receipt_key', sa.String(length=60), nullable=False),
        sa.Column('step', sa.String(length=12), nullable=True),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.Column('shown_from', sa.BigInteger(), nullable=True),
        sa.Column('created_by', sa.String(length=120), nullable=False),
        sa.CheckConstraint("state IN ('waiting','answered','expired','withdrawn')", name=op.f('ck_invitations_state')),
        sa.CheckConstraint("step IS NULL OR step IN ('reception','supplement','refusal','return')", name=op.f('ck_invitations_step')),
        sa.ForeignKeyConstraint(['counter_id'], ['counters.id'], name=op.f('fk_invitations_counter_id')),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_invitations_dossier_id')),
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_invitations_officer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
        sa.UniqueConstraint('ref', name=op.f('uq_invitations_ref'))
    )
    op.create_index(op.f('ix_invitations_counter_id_state'), 'invitations', ['counter_id', 'state'], unique=False)


    op.create_table('parked_pushes',
        sa.Column('code_key', sa.String(length=60), nullable=False),
        sa.Column('reason', sa.String(length=40), nullable=False),
        sa.Column('field', sa.String(length=40), nullable=False),
        sa.Column('updated_ms', sa.BigInteger(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('code_key', name=op.f('pk_parked_pushes'))
    )


def downgrade() -> None:
    """Back to the table of the first schema; calls and parked pushes are forgotten."""
    op.drop_table('parked_pushes')
    op.drop_table('invitations')
    op.create_table('invitations',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=True),
        sa.Column('dossier_id', sa.Integer(), nullable=True),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting','answered','expired','withdrawn','tablet_offline')", name=op.f('ck_invitations_state')),
        sa.ForeignKeyConstraint(['counter_id'], ['counters.id'], name=op.f('fk_invitations_counter_id')),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_invitations_dossier_id')),
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_invitations_officer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations'))
    )
    op.create_index(op.f('ix_invitations_counter_id_state'), 'invitations', ['counter_id', 'state'], unique=False)
