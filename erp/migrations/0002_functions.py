from pathlib import Path

from django.db import migrations

HERE = Path(__file__).resolve().parent.parent
# In this order: a later file may say anew what an earlier one said.
FILES = (
    "ledger/sql/10_entries.sql",
    "ledger/sql/20_begin.sql",
    "ledger/sql/30_seal.sql",
    "ledger/sql/40_balances.sql",
    "ledger/sql/50_by_key.sql",
    "receivables/sql/10_items.sql",
    "receivables/sql/20_invoices.sql",
    "receivables/sql/30_reads.sql",
    "receivables/sql/40_payments_reversed.sql",
    "inventory/sql/levels.sql",
    "inventory/sql/layers.sql",
    "inventory/sql/reservations.sql",
    "inventory/sql/guards.sql",
    "ledger/sql/50_by_key.sql",
    "knowledge/sql/10_known.sql",
    "closing/sql/10_settled.sql",
    "banking/sql/10_statements.sql",
    "currencies/sql/10_open_items.sql",
    "currencies/sql/20_revaluations.sql",
    "currencies/sql/30_books.sql",
    "payables/sql/10_bills.sql",
    "payables/sql/20_payments.sql",
    "payables/sql/30_bank_accounts.sql",
    "assets/sql/10_assets.sql",
    "assets/sql/20_accounts.sql",
    "payables/sql/40_payment_status.sql",
    "charts/sql/10_tree.sql",
    "dimensions/sql/10_dimensions.sql",
    "forecasting/sql/10_forecasts.sql",
    "closing/sql/20_runs.sql",
    "einvoicing/sql/10_received.sql",
    "claims/sql/10_claims.sql",
    "freight/sql/10_freight.sql",
    "dunning/sql/10_dunning.sql",
    "dunning/sql/20_delivery_stop.sql",
    "allowances/sql/10_allowances.sql",
    "settlements/sql/10_settlements.sql",
    "giveaways/sql/10_giveaways.sql",
    "paymentruns/sql/10_batches.sql",
    "budgets/sql/10_budgets.sql",
    "budgets/sql/20_control.sql",
    "payables/sql/50_in_currency.sql",
    "receivables/sql/40_payments_reversed.sql",
    "banking/sql/20_many_lines.sql",
    "taxes/sql/10_facts.sql",
    "taxes/sql/20_guards.sql",
    "budgets/sql/30_closed_year.sql",
)


class Migration(migrations.Migration):
    """What the database itself sees to: functions, triggers, keys over several columns."""

    replaces = [('erp', '0111_budgets_of_closed_years')]

    dependencies = [('erp', "0001_tables")]

    operations = [migrations.RunSQL((HERE / name).read_text(), migrations.RunSQL.noop) for name in FILES]
