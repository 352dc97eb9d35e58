"""Rounds of surveys; counts of durations for ratings that were stored before they were kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126_survey"
down_revision = "20261126_a_slips"
branch_labels = None
depends_on = None

BUCKETS = (2000, 4000, 6000, 10000)


def upgrade() -> None:
    """Forward."""
    op.create_table('survey_rounds',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('questionnaire', sa.String(length=48), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('recorded_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_rounds')),
        sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_survey_rounds_unit_id'), 'survey_rounds', ['unit_id'], unique=False)
    edges = (-1, *BUCKETS, 2**31)
    slots = ", ".join(
        f"SUM(CASE WHEN i.duration_ms > {low} AND i.duration_ms <= {high} THEN 1 ELSE 0 END)"
        for low, high in zip(edges, edges[1:])
    )
    op.execute(
        "INSERT INTO released_cells (grain, period, unit_id, dimension, value, linked, live_1, live_2, "
        "live_3, live_4, live_5, pending, copy_1, copy_2, copy_3, copy_4, copy_5, copied_ms, closed) "
        f"SELECT 'month', a.day / 100, a.unit_id, 'duration', '', "
        f"CASE WHEN a.procedure_id > 0 THEN 1 ELSE 0 END, {slots}, COUNT(*), 0, 0, 0, 0, 0, 0, 0 "
        "FROM rating_items i JOIN attributions a ON a.item_id = i.id "
        "WHERE i.kind = 'rating' AND a.state <> 'superseded' AND i.duration_ms >= 0 AND a.version = "
        "(SELECT MAX(b.version) FROM attributions b WHERE b.item_id = i.id) "
        "GROUP BY a.day / 100, a.unit_id, CASE WHEN a.procedure_id > 0 THEN 1 ELSE 0 END"
    )


def downgrade() -> None:
    """Back."""
    op.execute("DELETE FROM released_cells WHERE dimension IN ('duration', 'answer')")
    op.drop_index(op.f('ix_survey_rounds_unit_id'), table_name='survey_rounds')
    op.drop_table('survey_rounds')
