"""A slip knows its day, number, procedure, officer and counter. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261126_a_slips"
down_revision = "20261123_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; no version before this one made a slip."""
    op.drop_table("slips")
    op.create_table(
        "slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("code_key", sa.String(length=60), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("made_day", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tail", sa.String(length=6), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("counter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_slips_dossier_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_slips_unit_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=op.f("fk_slips_procedure_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_slips_officer_id")),
        sa.ForeignKeyConstraint(["counter_id"], ["counters.id"], name=op.f("fk_slips_counter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slips")),
        sa.UniqueConstraint("code_key", name=op.f("uq_slips_code_key")),
        sa.UniqueConstraint("made_day", "number", name=op.f("uq_slips_made_day_number")),
    )
    op.create_index(op.f("ix_slips_unit_id_tail"), "slips", ["unit_id", "tail"], unique=False)
    op.create_index(op.f("ix_slips_dossier_id"), "slips", ["dossier_id"], unique=False)
    schema.install_triggers(op.get_bind())


def downgrade() -> None:
    """Back to the columns of the first schema."""
    op.drop_table("slips")
    op.create_table(
        "slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("code_key", sa.String(length=60), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_slips_dossier_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_slips_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slips")),
        sa.UniqueConstraint("code_key", name=op.f("uq_slips_code_key")),
    )
