"""Screenings of misuse, alerts with their outbox, export jobs. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261127_i_watch"
down_revision = "20261127_e_replies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('misuse_screenings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(length=80), nullable=False),
    sa.Column('tests', sa.Integer(), nullable=False),
    sa.Column('families', sa.Integer(), nullable=False),
    sa.Column('expected_false', sa.Float(), nullable=False),
    sa.Column('made_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_misuse_screenings'))
    )
    op.create_index(op.f('ix_misuse_screenings_year'), 'misuse_screenings', ['year'], unique=False)
    op.create_table('misuse_reviews',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('screening_id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('months', sa.Text(), nullable=False),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_misuse_reviews_officer_id')),
    sa.ForeignKeyConstraint(['screening_id'], ['misuse_screenings.id'], name=op.f('fk_misuse_reviews_screening_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_misuse_reviews'))
    )
    op.create_index(op.f('ix_misuse_reviews_screening_id'), 'misuse_reviews', ['screening_id'], unique=False)
    op.create_table('misuse_decisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('months', sa.Text(), nullable=False),
    sa.Column('codes', sa.Text(), nullable=False),
    sa.Column('decision', sa.String(length=12), nullable=False),
    sa.Column('ratings', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('recorded_ms', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("decision IN ('kept','set_aside')", name=op.f('ck_misuse_decisions_decision')),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_misuse_decisions_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_misuse_decisions')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_misuse_decisions_officer_id_year'), 'misuse_decisions', ['officer_id', 'year'], unique=False)
    op.create_table('alerts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=36), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('procedure_code', sa.String(length=60), nullable=False),
    sa.Column('worse', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('expected', sa.Float(), nullable=False),
    sa.Column('low', sa.Float(), nullable=False),
    sa.Column('high', sa.Float(), nullable=False),
    sa.Column('severity', sa.Float(), nullable=False),
    sa.Column('false_alarms', sa.Float(), nullable=False),
    sa.Column('version', sa.String(length=80), nullable=False),
    sa.Column('raised_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts')),
    sa.UniqueConstraint('ref', name=op.f('uq_alerts_ref'))
    )
    op.create_index(op.f('ix_alerts_unit_id_day'), 'alerts', ['unit_id', 'day'], unique=False)
    op.create_table('alert_acknowledgements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('alert_id', sa.Integer(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('recorded_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alerts.id'], name=op.f('fk_alert_acknowledgements_alert_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_acknowledgements')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_alert_acknowledgements_alert_id'), 'alert_acknowledgements', ['alert_id'], unique=False)
    op.create_table('outgoing_messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('target', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('due_ms', sa.BigInteger(), nullable=False),
    sa.Column('sent_ms', sa.BigInteger(), nullable=True),
    sa.Column('problem', sa.String(length=300), nullable=False),
    sa.CheckConstraint("kind IN ('mail','webhook')", name=op.f('ck_outgoing_messages_kind')),
    sa.CheckConstraint("state IN ('waiting','sent','given_up')", name=op.f('ck_outgoing_messages_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_messages')),
    sa.UniqueConstraint('ref', name=op.f('uq_outgoing_messages_ref'))
    )
    op.create_index(op.f('ix_outgoing_messages_state_due_ms'), 'outgoing_messages', ['state', 'due_ms'], unique=False)
    op.create_table('export_jobs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=36), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('unit_ids', sa.Text(), nullable=False),
    sa.Column('officers', sa.Integer(), nullable=False),
    sa.Column('format', sa.String(length=4), nullable=False),
    sa.Column('lang', sa.String(length=8), nullable=False),
    sa.Column('texts', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('rows_done', sa.Integer(), nullable=False),
    sa.Column('rows_total', sa.Integer(), nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('ended_ms', sa.BigInteger(), nullable=True),
    sa.Column('expires_ms', sa.BigInteger(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('problem', sa.String(length=300), nullable=False),
    sa.CheckConstraint("format IN ('csv','xlsx')", name=op.f('ck_export_jobs_format')),
    sa.CheckConstraint("state IN ('waiting','running','done','failed','expired')", name=op.f('ck_export_jobs_state')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_export_jobs_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_jobs')),
    sa.UniqueConstraint('ref', name=op.f('uq_export_jobs_ref'))
    )
    op.create_index(op.f('ix_export_jobs_state_id'), 'export_jobs', ['state', 'id'], unique=False)
    op.create_index(op.f('ix_export_jobs_user_id'), 'export_jobs', ['user_id'], unique=False)
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back."""
    op.drop_table("export_jobs")
    op.drop_table("outgoing_messages")
    op.drop_table("alert_acknowledgements")
    op.drop_table("alerts")
    op.drop_table("misuse_decisions")
    op.drop_table("misuse_reviews")
    op.drop_table("misuse_screenings")

