"""Who must take which course, and who need not. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261128_h_requirements"
down_revision = "20261128_g_effects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('course_requirements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('target', sa.String(length=8), nullable=False),
    sa.Column('value', sa.String(length=40), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('to_day', sa.Date(), nullable=True),
    sa.Column('recorded_by', sa.String(length=120), nullable=False),
    sa.CheckConstraint("target IN ('all','role','field','unit')", name=op.f('ck_course_requirements_target')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_course_requirements_course_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_requirements'))
    )
    op.create_index(op.f('ix_course_requirements_course_id'), 'course_requirements', ['course_id'])
    op.create_table('requirement_exemptions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('recorded_by', sa.String(length=120), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_requirement_exemptions_course_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_requirement_exemptions_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_exemptions')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_requirement_exemptions_officer_id_course_id'), 'requirement_exemptions', ['officer_id', 'course_id'])
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back."""
    op.drop_table("requirement_exemptions")
    op.drop_table("course_requirements")
