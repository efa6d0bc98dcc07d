"""Runs the migrations on the connection that `daybook.store.opening` hands over; transactional on both databases."""

from alembic import context

from daybook.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=False)
if connection.dialect.name == "sqlite":
    connection.exec_driver_sql("BEGIN IMMEDIATE")
with context.begin_transaction():
    context.run_migrations()
if connection.dialect.name == "sqlite":
    connection.exec_driver_sql("COMMIT")
else:
    connection.commit()
