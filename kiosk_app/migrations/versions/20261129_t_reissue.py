"""A revoked certificate may be issued anew for the same enrolment. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261129_t_reissue"
down_revision = "20261129_s_waiting"
branch_labels = None
depends_on = None

TABLES = ("certificates", "certificate_revocations", "certificate_reminders")
UNIQUE, INDEX = "uq_certificates_enrolment_id", "ix_certificates_enrolment_id"


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _certificates(*, once: bool) -> None:
    only = [sa.UniqueConstraint("enrolment_id", name=op.f(UNIQUE))] if once else []
    op.create_table(
        "certificates", _id(),
        sa.Column("number", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False)
          for name in ("enrolment_id", "officer_id", "course_id")),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        *(sa.ForeignKeyConstraint([f"{one}_id"], [f"{one}s.id"], name=op.f(f"fk_certificates_{one}_id"))
          for one in ("course", "enrolment", "officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")), *only,
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")), sqlite_autoincrement=True,
    )
    op.create_index("ix_certificates_officer_id", "certificates", ["officer_id"])
    op.create_index("ix_certificates_ends_on", "certificates", ["ends_on"])


def _children() -> None:
    for table, column, unique in (
        ("certificate_revocations", sa.Column("reason", sa.String(length=300), nullable=False),
         ("certificate_id",)),
        ("certificate_reminders", sa.Column("rung", sa.Integer(), nullable=False),
         ("certificate_id", "rung")),
    ):
        by = [sa.Column("recorded_by", sa.String(length=120), nullable=False)] if len(unique) == 1 else []
        op.create_table(
            table, _id(), sa.Column("certificate_id", sa.Integer(), nullable=False), column, *by,
            sa.Column("recorded_at", sa.BigInteger(), nullable=False),
            sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"],
                                    name=op.f(f"fk_{table}_certificate_id")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_{'_'.join(unique)}")),
            sqlite_autoincrement=True,
        )


def _rebuild(*, once: bool) -> None:
    """SQLite cannot drop a constraint: the three tables are made again around their rows."""
    conn = op.get_bind()
    for table in TABLES:
        conn.execute(sa.text(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}"))
    for table in reversed(TABLES):
        op.drop_table(table)
    _certificates(once=once)
    _children()
    for table in TABLES:
        conn.execute(sa.text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))  # noqa: S608
        conn.execute(sa.text(f"DROP TABLE kept_{table}"))


def upgrade() -> None:
    """Forward."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(once=False)
        schema.install_triggers(op.get_bind())
    else:
        op.drop_constraint(UNIQUE, "certificates")
    op.create_index(INDEX, "certificates", ["enrolment_id"])


def downgrade() -> None:
    """Back; refused by the database where a certificate was issued anew."""
    op.drop_index(INDEX, "certificates")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(once=True)
        schema.install_triggers(op.get_bind())
    else:
        op.create_unique_constraint(UNIQUE, "certificates", ["enrolment_id"])
