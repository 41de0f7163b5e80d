"""Run migrations on the connection handed over by bot.operations, or on DANHOI_DATABASE_URL."""

from alembic import context
from sqlalchemy import Connection, create_engine

from bot.settings import Settings
from bot.store.migrations import is_ours
from bot.store.urls import driver_url
from bot.tables import metadata


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=is_ours,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    engine = create_engine(driver_url(Settings().database_url))
    with engine.connect() as connection:
        _migrate(connection)
    engine.dispose()
