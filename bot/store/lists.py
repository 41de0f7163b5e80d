"""Lists of values in place of single ones, for statements that only PostgreSQL is asked."""

from typing import Any

from sqlalchemy import ColumnElement, TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine


def each(**kinds: TypeEngine[Any]) -> TableValuedAlias:
    """Return the rows whose columns are the lists `each_…`."""
    lists = (bindparam(f"each_{name}", type_=ARRAY(kind)) for name, kind in kinds.items())
    columns = (column(name, kind) for name, kind in kinds.items())
    return func.unnest(*lists).table_valued(*columns, name="step").render_derived()


def is_among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column has a value of the list `each_…`."""
    return column == func.any(bindparam(f"each_{name}", type_=ARRAY(column.type)))
