"""SKUs are ordered by code points on both databases, whatever the language of the server."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # on SQLite they always were
        op.execute('ALTER TABLE item ALTER COLUMN sku TYPE text COLLATE "C"')
