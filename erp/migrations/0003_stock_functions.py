from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "inventory" / "sql"
FILES = ("levels.sql", "layers.sql", "reservations.sql", "guards.sql")


class Migration(migrations.Migration):
    """Levels kept from moves, layers kept from values, reservations through functions only, and the guards of all four."""

    dependencies = [("erp", "0002_books_functions"), ("kernel", "0002_kernel_functions")]

    operations = [migrations.RunSQL((SQL / name).read_text(), migrations.RunSQL.noop) for name in FILES]
