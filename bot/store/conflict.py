"""INSERT … ON CONFLICT, as both databases have it.

SQLite took the clause over from PostgreSQL, and SQLAlchemy writes PostgreSQL's for either (SQLite's for SQLite only).
"""

from sqlalchemy.dialects.postgresql import insert

__all__ = ["insert"]
