"""The first schema, as it was on the day it was first delivered. Never edited afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk_app import schema

revision = "20261123_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('app_settings',
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('value', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_app_settings'))
    )
    op.create_table('audit_events',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('role', sa.String(length=32), nullable=False),
        sa.Column('scope', sa.String(length=32), nullable=False),
        sa.Column('action', sa.String(length=64), nullable=False),
        sa.Column('subject', sa.String(length=120), nullable=False),
        sa.Column('detail', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_events'))
    )
    op.create_index(op.f('ix_audit_events_at'), 'audit_events', ['at'], unique=False)
    op.create_index(op.f('ix_audit_events_scope_at'), 'audit_events', ['scope', 'at'], unique=False)
    op.create_table('ballots',
        sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint('hash', name=op.f('pk_ballots')),
        sqlite_with_rowid=False
    )
    op.create_table('eligible_days',
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('procedure_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('filing_mode', sa.String(length=8), nullable=False),
        sa.Column('late', sa.Integer(), nullable=False),
        sa.Column('supplemented', sa.Integer(), nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'unit_id', 'officer_id', 'counter_id', 'procedure_id', 'step', 'filing_mode', 'late', 'supplemented', 'run_id', name=op.f('pk_eligible_days')),
        sqlite_with_rowid=False
    )
    op.create_table('eligible_months',
        sa.Column('month', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('procedure_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('filing_mode', sa.String(length=8), nullable=False),
        sa.Column('late', sa.Integer(), nullable=False),
        sa.Column('supplemented', sa.Integer(), nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('month', 'unit_id', 'officer_id', 'counter_id', 'procedure_id', 'step', 'filing_mode', 'late', 'supplemented', 'run_id', name=op.f('pk_eligible_months')),
        sqlite_with_rowid=False
    )
    op.create_table('erasures',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=12), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('recorded_ms', sa.BigInteger(), nullable=False),
        sa.Column('leaf_hash', sa.String(length=64), nullable=False),
        sa.Column('row_seal', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures')),
        sa.UniqueConstraint('subject', 'subject_id', name=op.f('uq_erasures_subject_subject_id')),
        sqlite_autoincrement=True
    )
    op.create_table('fields',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name_vi', sa.String(length=160), nullable=False),
        sa.Column('name_en', sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fields')),
        sa.UniqueConstraint('name_vi', name=op.f('uq_fields_name_vi'))
    )
    op.create_table('import_runs',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=24), nullable=False),
        sa.Column('source_name', sa.String(length=200), nullable=False),
        sa.Column('source_sha256', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('started_at', sa.BigInteger(), nullable=False),
        sa.Column('published_at', sa.BigInteger(), nullable=True),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('staging','published','abandoned')", name=op.f('ck_import_runs_state')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_runs'))
    )
    op.create_table('key_checks',
        sa.Column('purpose', sa.String(length=16), nullable=False),
        sa.Column('key_id', sa.String(length=32), nullable=False),
        sa.Column('check_value', sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint('purpose', name=op.f('pk_key_checks'))
    )
    op.create_table('officers',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('full_name', sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_officers')),
        sa.UniqueConstraint('code', name=op.f('uq_officers_code'))
    )
    op.create_table('programmes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_programmes')),
        sa.UniqueConstraint('name', name=op.f('uq_programmes_name'))
    )
    op.create_table('questionnaire_versions',
        sa.Column('questionnaire', sa.String(length=40), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('definition', sa.Text(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('questionnaire', 'version', name=op.f('pk_questionnaire_versions'))
    )
    op.create_table('rating_days',
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('procedure_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('channel', sa.String(length=8), nullable=False),
        sa.Column('entry', sa.String(length=8), nullable=False),
        sa.Column('filing_mode', sa.String(length=8), nullable=False),
        sa.Column('late', sa.Integer(), nullable=False),
        sa.Column('supplemented', sa.Integer(), nullable=False),
        sa.Column('flagged', sa.Integer(), nullable=False),
        sa.Column('linked', sa.Integer(), nullable=False),
        sa.Column('level', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.CheckConstraint('n >= 0', name=op.f('ck_rating_days_n')),
        sa.PrimaryKeyConstraint('day', 'unit_id', 'officer_id', 'counter_id', 'procedure_id', 'step', 'channel', 'entry', 'filing_mode', 'late', 'supplemented', 'flagged', 'linked', 'level', name=op.f('pk_rating_days')),
        sqlite_with_rowid=False
    )
    op.create_table('rating_erasables',
        sa.Column('subject', sa.String(length=12), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('receipt', sa.String(length=200), nullable=True),
        sa.Column('receipt_key', sa.String(length=200), nullable=True),
        sa.Column('receipt_hint', sa.String(length=16), nullable=True),
        sa.Column('comment', sa.Text(), nullable=True),
        sa.Column('contact', sa.Text(), nullable=True),
        sa.Column('confidential_reason', sa.String(length=40), nullable=True),
        sa.Column('body', sa.Text(), nullable=True),
        sa.Column('salt_receipt', sa.LargeBinary(length=16), nullable=True),
        sa.Column('salt_comment', sa.LargeBinary(length=16), nullable=True),
        sa.Column('salt_contact', sa.LargeBinary(length=16), nullable=True),
        sa.Column('salt_confidential', sa.LargeBinary(length=16), nullable=True),
        sa.Column('salt_body', sa.LargeBinary(length=16), nullable=True),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.CheckConstraint("subject IN ('item','quarantine')", name=op.f('ck_rating_erasables_subject')),
        sa.PrimaryKeyConstraint('subject', 'subject_id', name=op.f('pk_rating_erasables'))
    )
    op.create_index(op.f('ix_rating_erasables_receipt_hint'), 'rating_erasables', ['receipt_hint'], unique=False)
    op.create_index(op.f('ix_rating_erasables_receipt_key'), 'rating_erasables', ['receipt_key'], unique=False)
    op.create_table('rating_months',
        sa.Column('month', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('procedure_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('channel', sa.String(length=8), nullable=False),
        sa.Column('entry', sa.String(length=8), nullable=False),
        sa.Column('filing_mode', sa.String(length=8), nullable=False),
        sa.Column('late', sa.Integer(), nullable=False),
        sa.Column('supplemented', sa.Integer(), nullable=False),
        sa.Column('flagged', sa.Integer(), nullable=False),
        sa.Column('linked', sa.Integer(), nullable=False),
        sa.Column('level', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('released_n', sa.Integer(), nullable=False),
        sa.CheckConstraint('n >= 0', name=op.f('ck_rating_months_n')),
        sa.PrimaryKeyConstraint('month', 'unit_id', 'officer_id', 'counter_id', 'procedure_id', 'step', 'channel', 'entry', 'filing_mode', 'late', 'supplemented', 'flagged', 'linked', 'level', name=op.f('pk_rating_months')),
        sqlite_with_rowid=False
    )
    op.create_table('released_cells',
        sa.Column('grain', sa.String(length=5), nullable=False),
        sa.Column('period', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('dimension', sa.String(length=16), nullable=False),
        sa.Column('value', sa.String(length=48), nullable=False),
        sa.Column('linked', sa.Integer(), nullable=False),
        sa.Column('live_1', sa.Integer(), nullable=False),
        sa.Column('live_2', sa.Integer(), nullable=False),
        sa.Column('live_3', sa.Integer(), nullable=False),
        sa.Column('live_4', sa.Integer(), nullable=False),
        sa.Column('live_5', sa.Integer(), nullable=False),
        sa.Column('pending', sa.Integer(), nullable=False),
        sa.Column('copy_1', sa.Integer(), nullable=False),
        sa.Column('copy_2', sa.Integer(), nullable=False),
        sa.Column('copy_3', sa.Integer(), nullable=False),
        sa.Column('copy_4', sa.Integer(), nullable=False),
        sa.Column('copy_5', sa.Integer(), nullable=False),
        sa.Column('copied_ms', sa.BigInteger(), nullable=False),
        sa.Column('closed', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('grain', 'period', 'unit_id', 'dimension', 'value', 'linked', name=op.f('pk_released_cells')),
        sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_released_cells_grain_dimension_period'), 'released_cells', ['grain', 'dimension', 'period'], unique=False)
    op.create_table('seal_leaves',
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('subject', sa.String(length=24), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=False),
        sa.Column('leaf_hash', sa.String(length=64), nullable=False),
        sa.Column('root_number', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('number', name=op.f('pk_seal_leaves')),
        sa.UniqueConstraint('subject', 'subject_id', name=op.f('uq_seal_leaves_subject_subject_id'))
    )
    op.create_index(op.f('ix_seal_leaves_root_number'), 'seal_leaves', ['root_number'], unique=False)
    op.create_table('seal_roots',
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('first_leaf', sa.Integer(), nullable=False),
        sa.Column('last_leaf', sa.Integer(), nullable=False),
        sa.Column('merkle_root', sa.String(length=64), nullable=False),
        sa.Column('chained', sa.String(length=64), nullable=False),
        sa.Column('scheme', sa.Integer(), nullable=False),
        sa.Column('sealed_ms', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('number', name=op.f('pk_seal_roots'))
    )
    op.create_table('service_months',
        sa.Column('month', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('procedure_id', sa.Integer(), nullable=False),
        sa.Column('filing_mode', sa.String(length=8), nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('received', sa.Integer(), nullable=False),
        sa.Column('resolved', sa.Integer(), nullable=False),
        sa.Column('early', sa.Integer(), nullable=False),
        sa.Column('on_time', sa.Integer(), nullable=False),
        sa.Column('late', sa.Integer(), nullable=False),
        sa.Column('handed_over', sa.Integer(), nullable=False),
        sa.Column('supplemented', sa.Integer(), nullable=False),
        sa.Column('supplement_over_limit', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('month', 'unit_id', 'procedure_id', 'filing_mode', 'run_id', name=op.f('pk_service_months')),
        sqlite_with_rowid=False
    )
    op.create_table('units',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=40), nullable=False),
        sa.Column('kind', sa.String(length=24), nullable=False),
        sa.Column('parent_id', sa.Integer(), nullable=True),
        sa.Column('valid_from', sa.Date(), nullable=True),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('opening_date', sa.Date(), nullable=True),
        sa.Column('certainty', sa.String(length=16), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['parent_id'], ['units.id'], name=op.f('fk_units_parent_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_units')),
        sa.UniqueConstraint('ref', name=op.f('uq_units_ref'))
    )
    op.create_index(op.f('ix_units_parent_id'), 'units', ['parent_id'], unique=False)
    op.create_table('voided_ballots',
        sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('recorded_ms', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('hash', name=op.f('pk_voided_ballots'))
    )
    op.create_table('api_keys',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('secret_hash', sa.String(length=64), nullable=False),
        sa.Column('scopes', sa.String(length=200), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('revoked_at', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_api_keys_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys')),
        sa.UniqueConstraint('name', name=op.f('uq_api_keys_name')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_api_keys_secret_hash'))
    )
    op.create_table('counters',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_counters_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_counters')),
        sa.UniqueConstraint('unit_id', 'name', name=op.f('uq_counters_unit_id_name'))
    )
    op.create_table('courses',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('name', sa.String(length=300), nullable=False),
        sa.Column('programme_id', sa.Integer(), nullable=True),
        sa.Column('topics', sa.Text(), nullable=False),
        sa.Column('hours', sa.Float(), nullable=False),
        sa.Column('has_test', sa.Boolean(), nullable=False),
        sa.Column('pass_mark', sa.Float(), nullable=False),
        sa.Column('valid_months', sa.Integer(), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.CheckConstraint('hours > 0', name=op.f('ck_courses_hours')),
        sa.ForeignKeyConstraint(['programme_id'], ['programmes.id'], name=op.f('fk_courses_programme_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_courses')),
        sa.UniqueConstraint('code', name=op.f('uq_courses_code'))
    )
    op.create_table('dossiers',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=60), nullable=False),
        sa.Column('code_key', sa.String(length=60), nullable=False),
        sa.Column('tail', sa.String(length=6), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_dossiers_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_dossiers')),
        sa.UniqueConstraint('code_key', name=op.f('uq_dossiers_code_key'))
    )
    op.create_index(op.f('ix_dossiers_unit_id_tail'), 'dossiers', ['unit_id', 'tail'], unique=False)
    op.create_table('import_findings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('sheet', sa.String(length=80), nullable=False),
        sa.Column('row', sa.Integer(), nullable=False),
        sa.Column('column', sa.String(length=80), nullable=False),
        sa.Column('field', sa.String(length=40), nullable=False),
        sa.Column('outcome', sa.String(length=12), nullable=False),
        sa.Column('reason', sa.String(length=40), nullable=False),
        sa.Column('detail', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['run_id'], ['import_runs.id'], name=op.f('fk_import_findings_run_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_findings'))
    )
    op.create_index(op.f('ix_import_findings_run_id'), 'import_findings', ['run_id'], unique=False)
    op.create_table('procedures',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=60), nullable=False),
        sa.Column('level', sa.String(length=12), nullable=False),
        sa.Column('name_vi', sa.String(length=400), nullable=False),
        sa.Column('name_en', sa.String(length=400), nullable=False),
        sa.Column('field_id', sa.Integer(), nullable=False),
        sa.Column('deciding_unit_id', sa.Integer(), nullable=True),
        sa.Column('statutory_days', sa.Float(), nullable=False),
        sa.Column('committed_days', sa.Float(), nullable=False),
        sa.Column('online_level', sa.Integer(), nullable=True),
        sa.Column('fee_vnd', sa.Integer(), nullable=True),
        sa.Column('digitised', sa.Boolean(), nullable=True),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('code_is_real', sa.Boolean(), nullable=False),
        sa.CheckConstraint("level IN ('city','ward')", name=op.f('ck_procedures_level')),
        sa.CheckConstraint('committed_days >= 0', name=op.f('ck_procedures_committed_days')),
        sa.CheckConstraint('statutory_days >= 0', name=op.f('ck_procedures_statutory_days')),
        sa.ForeignKeyConstraint(['deciding_unit_id'], ['units.id'], name=op.f('fk_procedures_deciding_unit_id')),
        sa.ForeignKeyConstraint(['field_id'], ['fields.id'], name=op.f('fk_procedures_field_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_procedures')),
        sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_procedures_code_valid_from'))
    )
    op.create_index(op.f('ix_procedures_field_id'), 'procedures', ['field_id'], unique=False)
    op.create_table('unit_events',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=24), nullable=False),
        sa.Column('event_date', sa.Date(), nullable=False),
        sa.Column('event_type', sa.String(length=32), nullable=False),
        sa.Column('from_unit_id', sa.Integer(), nullable=True),
        sa.Column('to_unit_id', sa.Integer(), nullable=True),
        sa.Column('share', sa.String(length=16), nullable=False),
        sa.Column('legal_basis', sa.String(length=200), nullable=False),
        sa.Column('certainty', sa.String(length=16), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['from_unit_id'], ['units.id'], name=op.f('fk_unit_events_from_unit_id')),
        sa.ForeignKeyConstraint(['to_unit_id'], ['units.id'], name=op.f('fk_unit_events_to_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_events')),
        sa.UniqueConstraint('ref', name=op.f('uq_unit_events_ref'))
    )
    op.create_table('unit_names',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('name_vi', sa.String(length=200), nullable=False),
        sa.Column('name_en', sa.String(length=200), nullable=False),
        sa.Column('desk_name_vi', sa.String(length=200), nullable=False),
        sa.Column('dossier_prefix', sa.String(length=40), nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('nso_code', sa.String(length=16), nullable=False),
        sa.Column('parent_id', sa.Integer(), nullable=True),
        sa.Column('valid_from', sa.Date(), nullable=True),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['parent_id'], ['units.id'], name=op.f('fk_unit_names_parent_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_names_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_names'))
    )
    op.create_index(op.f('ix_unit_names_dossier_prefix'), 'unit_names', ['dossier_prefix'], unique=False)
    op.create_index(op.f('ix_unit_names_unit_id'), 'unit_names', ['unit_id'], unique=False)
    op.create_table('users',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('username', sa.String(length=80), nullable=False),
        sa.Column('display_name', sa.String(length=120), nullable=False),
        sa.Column('password_hash', sa.String(length=200), nullable=False),
        sa.Column('role', sa.String(length=24), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('officer_id', sa.Integer(), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('is_demo', sa.Boolean(), nullable=False),
        sa.Column('session_epoch', sa.Integer(), nullable=False),
        sa.Column('lang', sa.String(length=8), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('last_login_at', sa.BigInteger(), nullable=True),
        sa.Column('failed_logins', sa.Integer(), nullable=False),
        sa.Column('locked_until', sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('officer','manager','case_handler','hr','inspector','auditor','administrator')", name=op.f('ck_users_role')),
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_users_officer_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_users_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
        sa.UniqueConstraint('username', name=op.f('uq_users_username'))
    )
    op.create_table('devices',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=True),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('paired_at', sa.BigInteger(), nullable=False),
        sa.Column('revoked_at', sa.BigInteger(), nullable=True),
        sa.Column('replaced_by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['counter_id'], ['counters.id'], name=op.f('fk_devices_counter_id')),
        sa.ForeignKeyConstraint(['replaced_by_id'], ['devices.id'], name=op.f('fk_devices_replaced_by_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_devices_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_devices')),
        sa.UniqueConstraint('name', name=op.f('uq_devices_name')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_devices_token_hash'))
    )
    op.create_table('dossier_steps',
        sa.Column('dossier_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('occurred_ms', sa.BigInteger(), nullable=True),
        sa.Column('officer_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("step IN ('reception','supplement','refusal','return')", name=op.f('ck_dossier_steps_step')),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_dossier_steps_dossier_id')),
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_dossier_steps_officer_id')),
        sa.PrimaryKeyConstraint('dossier_id', 'version', 'step', name=op.f('pk_dossier_steps'))
    )
    op.create_table('dossier_versions',
        sa.Column('dossier_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('procedure_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=True),
        sa.Column('counter_id', sa.Integer(), nullable=True),
        sa.Column('deciding_unit_id', sa.Integer(), nullable=True),
        sa.Column('filing_mode', sa.String(length=8), nullable=False),
        sa.Column('received_ms', sa.BigInteger(), nullable=False),
        sa.Column('due_day', sa.Integer(), nullable=True),
        sa.Column('finished_ms', sa.BigInteger(), nullable=True),
        sa.Column('returned_ms', sa.BigInteger(), nullable=True),
        sa.Column('supplement_count', sa.Integer(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('fee_vnd', sa.Integer(), nullable=True),
        sa.Column('updated_ms', sa.BigInteger(), nullable=True),
        sa.CheckConstraint("filing_mode IN ('direct','online','post')", name=op.f('ck_dossier_versions_filing_mode')),
        sa.ForeignKeyConstraint(['counter_id'], ['counters.id'], name=op.f('fk_dossier_versions_counter_id')),
        sa.ForeignKeyConstraint(['deciding_unit_id'], ['units.id'], name=op.f('fk_dossier_versions_deciding_unit_id')),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_dossier_versions_dossier_id')),
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_dossier_versions_officer_id')),
        sa.ForeignKeyConstraint(['procedure_id'], ['procedures.id'], name=op.f('fk_dossier_versions_procedure_id')),
        sa.ForeignKeyConstraint(['run_id'], ['import_runs.id'], name=op.f('fk_dossier_versions_run_id')),
        sa.PrimaryKeyConstraint('dossier_id', 'version', name=op.f('pk_dossier_versions'))
    )
    op.create_index(op.f('ix_dossier_versions_run_id'), 'dossier_versions', ['run_id'], unique=False)
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
    op.create_table('postings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('home_unit_id', sa.Integer(), nullable=True),
        sa.Column('counter_id', sa.Integer(), nullable=True),
        sa.Column('field_id', sa.Integer(), nullable=True),
        sa.Column('field_names', sa.String(length=400), nullable=False),
        sa.Column('posted_from', sa.Date(), nullable=False),
        sa.Column('posted_to', sa.Date(), nullable=True),
        sa.CheckConstraint('posted_to IS NULL OR posted_to >= posted_from', name=op.f('ck_postings_order')),
        sa.ForeignKeyConstraint(['counter_id'], ['counters.id'], name=op.f('fk_postings_counter_id')),
        sa.ForeignKeyConstraint(['field_id'], ['fields.id'], name=op.f('fk_postings_field_id')),
        sa.ForeignKeyConstraint(['home_unit_id'], ['units.id'], name=op.f('fk_postings_home_unit_id')),
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_postings_officer_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_postings_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_postings')),
        sa.UniqueConstraint('officer_id', 'unit_id', 'posted_from', name=op.f('uq_postings_officer_id_unit_id_posted_from'))
    )
    op.create_index(op.f('ix_postings_unit_id'), 'postings', ['unit_id'], unique=False)
    op.create_table('seatings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=True),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('set_at_ms', sa.BigInteger(), nullable=False),
        sa.Column('set_by', sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(['counter_id'], ['counters.id'], name=op.f('fk_seatings_counter_id')),
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_seatings_officer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_seatings'))
    )
    op.create_index(op.f('ix_seatings_counter_id_day'), 'seatings', ['counter_id', 'day'], unique=False)
    op.create_table('slips',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=60), nullable=False),
        sa.Column('code_key', sa.String(length=60), nullable=False),
        sa.Column('dossier_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('made_ms', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_slips_dossier_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_slips_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_slips')),
        sa.UniqueConstraint('code_key', name=op.f('uq_slips_code_key'))
    )
    op.create_table('training_sessions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=300), nullable=False),
        sa.Column('audience', sa.String(length=16), nullable=False),
        sa.Column('room', sa.String(length=120), nullable=False),
        sa.Column('trainer', sa.String(length=160), nullable=False),
        sa.Column('capacity', sa.Integer(), nullable=True),
        sa.Column('has_test', sa.Boolean(), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('planned','held','cancelled')", name=op.f('ck_training_sessions_state')),
        sa.CheckConstraint('capacity IS NULL OR capacity > 0', name=op.f('ck_training_sessions_capacity')),
        sa.ForeignKeyConstraint(['course_id'], ['courses.id'], name=op.f('fk_training_sessions_course_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_sessions')),
        sa.UniqueConstraint('code', name=op.f('uq_training_sessions_code'))
    )
    op.create_table('device_epochs',
        sa.Column('device_id', sa.Integer(), nullable=False),
        sa.Column('epoch', sa.String(length=36), nullable=False),
        sa.Column('first_seen_ms', sa.BigInteger(), nullable=False),
        sa.Column('max_seq', sa.Integer(), nullable=False),
        sa.Column('received', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_device_epochs_device_id')),
        sa.PrimaryKeyConstraint('device_id', 'epoch', name=op.f('pk_device_epochs'))
    )
    op.create_table('enrolments',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('session_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('nominated', sa.Boolean(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('enrolled','declined','withdrawn','completed','not_completed')", name=op.f('ck_enrolments_state')),
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_enrolments_officer_id')),
        sa.ForeignKeyConstraint(['session_id'], ['training_sessions.id'], name=op.f('fk_enrolments_session_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_enrolments_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolments')),
        sa.UniqueConstraint('session_id', 'officer_id', name=op.f('uq_enrolments_session_id_officer_id'))
    )
    op.create_index(op.f('ix_enrolments_officer_id'), 'enrolments', ['officer_id'], unique=False)
    op.create_table('heartbeats',
        sa.Column('device_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('app_version', sa.String(length=40), nullable=False),
        sa.Column('epoch', sa.String(length=36), nullable=True),
        sa.Column('queue_length', sa.Integer(), nullable=True),
        sa.Column('last_seq', sa.Integer(), nullable=True),
        sa.Column('withdrawn', sa.Integer(), nullable=False),
        sa.Column('battery', sa.Integer(), nullable=True),
        sa.Column('storage_free', sa.BigInteger(), nullable=True),
        sa.Column('clock_skew_ms', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_heartbeats_device_id')),
        sa.PrimaryKeyConstraint('device_id', name=op.f('pk_heartbeats'))
    )
    op.create_table('pairings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=12), nullable=False),
        sa.Column('poll_hash', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.Column('device_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('waiting','approved','collected','expired')", name=op.f('ck_pairings_state')),
        sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_pairings_device_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pairings')),
        sa.UniqueConstraint('poll_hash', name=op.f('uq_pairings_poll_hash'))
    )
    op.create_index(op.f('ix_pairings_code'), 'pairings', ['code'], unique=False)
    op.create_table('quarantined_items',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('rating_id', sa.String(length=64), nullable=False),
        sa.Column('device_id', sa.Integer(), nullable=True),
        sa.Column('epoch', sa.String(length=36), nullable=True),
        sa.Column('seq', sa.BigInteger(), nullable=True),
        sa.Column('verdict', sa.String(length=12), nullable=False),
        sa.Column('reason', sa.String(length=40), nullable=False),
        sa.Column('arrived_ms', sa.BigInteger(), nullable=False),
        sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
        sa.Column('commit_body', sa.String(length=64), nullable=False),
        sa.Column('leaf_scheme', sa.Integer(), nullable=False),
        sa.Column('leaf_hash', sa.String(length=64), nullable=False),
        sa.Column('row_seal', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_quarantined_items_device_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantined_items')),
        sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_quarantined_items_rating_id'), 'quarantined_items', ['rating_id'], unique=False)
    op.create_table('rating_drafts',
        sa.Column('rating_id', sa.String(length=36), nullable=False),
        sa.Column('device_id', sa.Integer(), nullable=True),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_rating_drafts_device_id')),
        sa.PrimaryKeyConstraint('rating_id', name=op.f('pk_rating_drafts'))
    )
    op.create_index(op.f('ix_rating_drafts_expires_at'), 'rating_drafts', ['expires_at'], unique=False)
    op.create_table('rating_items',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('rating_id', sa.String(length=36), nullable=False),
        sa.Column('device_id', sa.Integer(), nullable=True),
        sa.Column('epoch', sa.String(length=36), nullable=True),
        sa.Column('seq', sa.Integer(), nullable=True),
        sa.Column('kind', sa.String(length=8), nullable=False),
        sa.Column('relates_to', sa.String(length=36), nullable=True),
        sa.Column('level', sa.Integer(), nullable=True),
        sa.Column('step', sa.String(length=12), nullable=True),
        sa.Column('channel', sa.String(length=8), nullable=False),
        sa.Column('entry', sa.String(length=8), nullable=True),
        sa.Column('questionnaire', sa.String(length=48), nullable=False),
        sa.Column('answers', sa.Text(), nullable=False),
        sa.Column('reasons', sa.Text(), nullable=False),
        sa.Column('lang', sa.String(length=8), nullable=False),
        sa.Column('claimed_ms', sa.BigInteger(), nullable=False),
        sa.Column('clock_offset_ms', sa.BigInteger(), nullable=True),
        sa.Column('corrected_ms', sa.BigInteger(), nullable=False),
        sa.Column('arrived_ms', sa.BigInteger(), nullable=False),
        sa.Column('duration_ms', sa.Integer(), nullable=True),
        sa.Column('follow_hash', sa.String(length=64), nullable=True),
        sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
        sa.Column('commit_receipt', sa.String(length=64), nullable=False),
        sa.Column('commit_comment', sa.String(length=64), nullable=False),
        sa.Column('commit_contact', sa.String(length=64), nullable=False),
        sa.Column('commit_confidential', sa.String(length=64), nullable=False),
        sa.Column('verdict', sa.String(length=12), nullable=False),
        sa.Column('digest_scheme', sa.Integer(), nullable=False),
        sa.Column('leaf_scheme', sa.Integer(), nullable=False),
        sa.Column('leaf_hash', sa.String(length=64), nullable=False),
        sa.Column('row_seal', sa.String(length=64), nullable=False),
        sa.CheckConstraint("channel IN ('tablet','phone','paper')", name=op.f('ck_rating_items_channel')),
        sa.CheckConstraint("kind <> 'rating' OR level IS NOT NULL", name=op.f('ck_rating_items_rating_has_level')),
        sa.CheckConstraint("kind IN ('rating','survey','contact')", name=op.f('ck_rating_items_kind')),
        sa.CheckConstraint("step IS NULL OR step IN ('reception','supplement','refusal','return')", name=op.f('ck_rating_items_step')),
        sa.CheckConstraint('level IS NULL OR level BETWEEN 1 AND 5', name=op.f('ck_rating_items_level')),
        sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_rating_items_device_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rating_items')),
        sa.UniqueConstraint('device_id', 'epoch', 'seq', name=op.f('uq_rating_items_device_id_epoch_seq')),
        sa.UniqueConstraint('rating_id', name=op.f('uq_rating_items_rating_id')),
        sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_rating_items_follow_hash'), 'rating_items', ['follow_hash'], unique=False)
    op.create_table('received_sequences',
        sa.Column('device_id', sa.Integer(), nullable=False),
        sa.Column('epoch', sa.String(length=36), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('rating_id', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_received_sequences_device_id')),
        sa.PrimaryKeyConstraint('device_id', 'epoch', 'seq', name=op.f('pk_received_sequences')),
        sqlite_with_rowid=False
    )
    op.create_table('training_half_days',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('session_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('part', sa.String(length=12), nullable=False),
        sa.CheckConstraint("part IN ('morning','afternoon')", name=op.f('ck_training_half_days_part')),
        sa.ForeignKeyConstraint(['session_id'], ['training_sessions.id'], name=op.f('fk_training_half_days_session_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_half_days')),
        sa.UniqueConstraint('session_id', 'day', 'part', name=op.f('uq_training_half_days_session_id_day_part'))
    )
    op.create_table('attendance_marks',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('enrolment_id', sa.Integer(), nullable=False),
        sa.Column('half_day_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('mark', sa.String(length=12), nullable=False),
        sa.Column('as_written', sa.String(length=80), nullable=False),
        sa.Column('recorded_by', sa.String(length=120), nullable=False),
        sa.Column('recorded_at', sa.BigInteger(), nullable=False),
        sa.CheckConstraint("mark IN ('present','late','absent','excused','unknown')", name=op.f('ck_attendance_marks_mark')),
        sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_attendance_marks_enrolment_id')),
        sa.ForeignKeyConstraint(['half_day_id'], ['training_half_days.id'], name=op.f('fk_attendance_marks_half_day_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_marks')),
        sa.UniqueConstraint('enrolment_id', 'half_day_id', 'version', name=op.f('uq_attendance_marks_enrolment_id_half_day_id_version')),
        sqlite_autoincrement=True
    )
    op.create_table('attributions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('officer_source', sa.String(length=16), nullable=False),
        sa.Column('counter_id', sa.Integer(), nullable=False),
        sa.Column('procedure_id', sa.Integer(), nullable=False),
        sa.Column('field_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=12), nullable=False),
        sa.Column('filing_mode', sa.String(length=8), nullable=False),
        sa.Column('late', sa.Integer(), nullable=False),
        sa.Column('supplemented', sa.Integer(), nullable=False),
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('flagged', sa.Integer(), nullable=False),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('cause', sa.String(length=32), nullable=False),
        sa.Column('recorded_ms', sa.BigInteger(), nullable=False),
        sa.Column('leaf_hash', sa.String(length=64), nullable=False),
        sa.Column('row_seal', sa.String(length=64), nullable=False),
        sa.CheckConstraint("state IN ('counted','unmatched','superseded')", name=op.f('ck_attributions_state')),
        sa.ForeignKeyConstraint(['item_id'], ['rating_items.id'], name=op.f('fk_attributions_item_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_attributions')),
        sa.UniqueConstraint('item_id', 'version', name=op.f('uq_attributions_item_id_version')),
        sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_attributions_state_item_id'), 'attributions', ['state', 'item_id'], unique=False)
    op.create_table('rating_flags',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=True),
        sa.Column('quarantine_id', sa.Integer(), nullable=True),
        sa.Column('flag', sa.String(length=32), nullable=False),
        sa.Column('detail', sa.Text(), nullable=False),
        sa.Column('actor', sa.String(length=120), nullable=False),
        sa.Column('recorded_ms', sa.BigInteger(), nullable=False),
        sa.Column('leaf_hash', sa.String(length=64), nullable=False),
        sa.Column('row_seal', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['rating_items.id'], name=op.f('fk_rating_flags_item_id')),
        sa.ForeignKeyConstraint(['quarantine_id'], ['quarantined_items.id'], name=op.f('fk_rating_flags_quarantine_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rating_flags')),
        sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_rating_flags_item_id'), 'rating_flags', ['item_id'], unique=False)
    op.create_table('test_results',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('enrolment_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=4), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('mark', sa.Float(), nullable=True),
        sa.Column('as_written', sa.String(length=80), nullable=False),
        sa.Column('recorded_by', sa.String(length=120), nullable=False),
        sa.Column('recorded_at', sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('pre','post')", name=op.f('ck_test_results_kind')),
        sa.CheckConstraint('mark IS NULL OR mark BETWEEN 0 AND 10', name=op.f('ck_test_results_mark')),
        sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_test_results_enrolment_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_test_results')),
        sa.UniqueConstraint('enrolment_id', 'kind', 'version', name=op.f('uq_test_results_enrolment_id_kind_version')),
        sqlite_autoincrement=True
    )


def downgrade() -> None:
    """Back."""
    schema.drop_triggers(op.get_bind())
    op.drop_table('test_results')
    op.drop_table('rating_flags')
    op.drop_table('attributions')
    op.drop_table('attendance_marks')
    op.drop_table('training_half_days')
    op.drop_table('received_sequences')
    op.drop_table('rating_items')
    op.drop_table('rating_drafts')
    op.drop_table('quarantined_items')
    op.drop_table('pairings')
    op.drop_table('heartbeats')
    op.drop_table('enrolments')
    op.drop_table('device_epochs')
    op.drop_table('training_sessions')
    op.drop_table('slips')
    op.drop_table('seatings')
    op.drop_table('postings')
    op.drop_table('invitations')
    op.drop_table('dossier_versions')
    op.drop_table('dossier_steps')
    op.drop_table('devices')
    op.drop_table('users')
    op.drop_table('unit_names')
    op.drop_table('unit_events')
    op.drop_table('procedures')
    op.drop_table('import_findings')
    op.drop_table('dossiers')
    op.drop_table('courses')
    op.drop_table('counters')
    op.drop_table('api_keys')
    op.drop_table('voided_ballots')
    op.drop_table('units')
    op.drop_table('service_months')
    op.drop_table('seal_roots')
    op.drop_table('seal_leaves')
    op.drop_table('released_cells')
    op.drop_table('rating_months')
    op.drop_table('rating_erasables')
    op.drop_table('rating_days')
    op.drop_table('questionnaire_versions')
    op.drop_table('programmes')
    op.drop_table('officers')
    op.drop_table('key_checks')
    op.drop_table('import_runs')
    op.drop_table('fields')
    op.drop_table('erasures')
    op.drop_table('eligible_months')
    op.drop_table('eligible_days')
    op.drop_table('ballots')
    op.drop_table('audit_events')
    op.drop_table('app_settings')
