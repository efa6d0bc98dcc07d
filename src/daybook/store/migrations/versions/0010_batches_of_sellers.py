"""A seller's batches in the order in which its operations are listed."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("batch_of_seller", "batch", ["seller_id", "number"], unique=False)
