"""Minutes attended beside each enrolment, counted from its ruling marks. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_r_attended"
down_revision = "20261129_o_later"
branch_labels = None
depends_on = None

COVERING = "ix_enrolments_officer_id_session_id_state_attended_min"
BY_STATE = "ix_enrolments_session_id_state_officer_id"
COUNTED = """
UPDATE enrolments SET attended_min = coalesce((
  SELECT sum(coalesce(h.ends_min, CASE h.part WHEN 'morning' THEN 690 ELSE 1020 END)
           - coalesce(h.starts_min, CASE h.part WHEN 'morning' THEN 450 ELSE 780 END))
  FROM attendance_marks m JOIN training_half_days h ON h.id = m.half_day_id
  WHERE m.enrolment_id = enrolments.id AND m.mark IN ('present', 'late') AND NOT EXISTS (
    SELECT 1 FROM attendance_marks l WHERE l.enrolment_id = m.enrolment_id
    AND l.half_day_id = m.half_day_id AND l.version > m.version)), 0)
"""


def upgrade() -> None:
    """Forward."""
    op.add_column("enrolments", sa.Column("attended_min", sa.Integer(), nullable=False,
                                          server_default="0"))
    op.execute(COUNTED)
    op.create_index(COVERING, "enrolments", ["officer_id", "session_id", "state", "attended_min"])
    op.drop_index("ix_enrolments_officer_id", "enrolments")
    op.create_index(BY_STATE, "enrolments", ["session_id", "state", "officer_id"])


def downgrade() -> None:
    """Back."""
    op.create_index("ix_enrolments_officer_id", "enrolments", ["officer_id"])
    op.drop_index(BY_STATE, "enrolments")
    op.drop_index(COVERING, "enrolments")
    op.drop_column("enrolments", "attended_min")
