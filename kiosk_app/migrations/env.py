"""Alembic environment: runs on the connection that ``kiosk_app.schema`` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import inspect

from kiosk_app import schema, tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=tables.metadata, render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
if inspect(connection).has_table("rating_items"):
    schema.install_triggers(connection)
