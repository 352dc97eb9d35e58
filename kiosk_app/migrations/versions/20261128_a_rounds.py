"""Waiting lists, steps of an enrolment, check-ins, draws, rooms, yearly plan, notices, feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261128_a_rounds"
down_revision = "20261127_n_disclosure"
branch_labels = None
depends_on = None

OLD = "state IN ('enrolled','declined','withdrawn','completed','not_completed')"
NEW = (
    "state IN ('invited','enrolled','waiting','declined','withdrawn','substituted','completed',"
    "'not_completed')"
)
CHANGED = ("enrolment_steps", "checkin_attempts", "wave_draws", "training_notices")
ADDED = (
    *CHANGED, "course_prerequisites", "training_resources", "training_plan_lines",
    "officer_addresses", "calendar_feeds",
)


def _states(before: str, after: str) -> None:
    """Change the check without rebuilding a table that others point at."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_enrolments_state"), "enrolments", type_="check")
        op.create_check_constraint(op.f("ck_enrolments_state"), "enrolments", after)
        return
    conn = op.get_bind()
    version = conn.exec_driver_sql("PRAGMA schema_version").scalar()
    conn.exec_driver_sql("PRAGMA writable_schema=ON")
    conn.execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
                " WHERE type = 'table' AND name = 'enrolments'"),
        {"before": before, "after": after},
    )
    conn.exec_driver_sql(f"PRAGMA schema_version={int(version) + 1}")
    conn.exec_driver_sql("PRAGMA writable_schema=RESET")


def upgrade() -> None:
    """Forward."""
    _states(OLD, NEW)
    op.add_column("training_sessions", sa.Column("cost_vnd", sa.BigInteger(), nullable=True))
    op.add_column("training_sessions",
                  sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
    op.add_column("training_half_days", sa.Column("starts_min", sa.Integer(), nullable=True))
    op.add_column("training_half_days", sa.Column("ends_min", sa.Integer(), nullable=True))
    op.add_column("enrolments", sa.Column("stands_for", sa.Integer(), nullable=True))
    op.add_column("attendance_marks",
                  sa.Column("source", sa.String(12), server_default="", nullable=False))
    op.add_column("attendance_marks",
                  sa.Column("note", sa.String(200), server_default="", nullable=False))
    op.add_column("outgoing_messages",
                  sa.Column("calendar", sa.Text(), server_default="", nullable=False))
    op.create_table('training_resources',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('room','trainer')", name=op.f('ck_training_resources_kind')),
    sa.CheckConstraint('seats IS NULL OR seats > 0', name=op.f('ck_training_resources_seats')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_resources')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_training_resources_kind_name'))
    )
    op.create_table('checkin_attempts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('half_day_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(length=24), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_checkin_attempts_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checkin_attempts')),
    sqlite_autoincrement=True
    )
    op.create_table('officer_addresses',
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_officer_addresses_officer_id')),
    sa.PrimaryKeyConstraint('officer_id', name=op.f('pk_officer_addresses'))
    )
    op.create_table('calendar_feeds',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('renewed_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_calendar_feeds_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_calendar_feeds')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feeds_token_hash'))
    )
    op.create_table('course_prerequisites',
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('required_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_course_prerequisites_course_id')),
    sa.ForeignKeyConstraint(['required_id'], ['courses.id'], name=op.f('fk_course_prerequisites_required_id')),
    sa.PrimaryKeyConstraint('course_id', 'required_id', name=op.f('pk_course_prerequisites'))
    )
    op.create_table('training_plan_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('sessions', sa.Integer(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('budget_vnd', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('sessions >= 0 AND seats >= 0 AND budget_vnd >= 0', name=op.f('ck_training_plan_lines_figures')),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_training_plan_lines_course_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_plan_lines')),
    sa.UniqueConstraint('year', 'course_id', name=op.f('uq_training_plan_lines_year_course_id'))
    )
    op.create_table('wave_draws',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('session_ids', sa.Text(), nullable=False),
    sa.Column('officers', sa.Text(), nullable=False),
    sa.Column('seats', sa.Text(), nullable=False),
    sa.Column('waves', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.String(length=120), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_wave_draws_course_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wave_draws')),
    sqlite_autoincrement=True
    )
    op.create_table('enrolment_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.String(length=16), nullable=False),
    sa.Column('after', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.String(length=120), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_enrolment_steps_enrolment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment_steps')),
    sqlite_autoincrement=True
    )
    op.create_table('training_notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_training_notices_enrolment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_notices')),
    sa.UniqueConstraint('enrolment_id', 'kind', 'sequence', name=op.f('uq_training_notices_enrolment_id_kind_sequence')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f("ix_enrolment_steps_enrolment_id"), "enrolment_steps", ["enrolment_id"])
    op.create_index(op.f("ix_checkin_attempts_officer_id_recorded_at"), "checkin_attempts",
                    ["officer_id", "recorded_at"])
    op.create_index(op.f("ix_wave_draws_course_id"), "wave_draws", ["course_id"])
    op.create_index(op.f("ix_training_half_days_day"), "training_half_days", ["day"])
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back; what only the newer states can say becomes the nearest older one."""
    present = schema.existing_triggers(op.get_bind())
    for table in CHANGED:
        for kind in ("no_update", "no_delete", "no_truncate"):
            if f"{table}_{kind}" in present:
                on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
                op.execute(f"DROP TRIGGER {table}_{kind}{on}")
    op.drop_index(op.f("ix_training_half_days_day"), "training_half_days")
    for table in reversed(ADDED):
        op.drop_table(table)
    op.execute("UPDATE enrolments SET state = 'enrolled' WHERE state = 'invited'")
    op.execute("UPDATE enrolments SET state = 'withdrawn'"
               " WHERE state IN ('waiting', 'substituted')")
    for table, column in (
        ("outgoing_messages", "calendar"), ("attendance_marks", "note"),
        ("attendance_marks", "source"), ("enrolments", "stands_for"),
        ("training_half_days", "ends_min"), ("training_half_days", "starts_min"),
        ("training_sessions", "sequence"), ("training_sessions", "cost_vnd"),
    ):
        op.drop_column(table, column)
    _states(NEW, OLD)
