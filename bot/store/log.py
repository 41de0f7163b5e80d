"""SQLite's log file, in which what rows once held lies until it is written over."""

from sqlalchemy import Connection


def empty_log(connection: Connection) -> bool:
    """Take everything over into the database file and cut the log to nothing; a body for `read`.

    Returns False where somebody else is reading just now: then it is for the next time.
    """
    if connection.dialect.name != "sqlite":
        return True
    patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql("PRAGMA busy_timeout=100")  # writers wait for us meanwhile
    busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    return not busy
