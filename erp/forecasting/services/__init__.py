"""What forecasting does."""

from erp.forecasting.services.snapshots import take_cash_forecast

__all__ = ["take_cash_forecast"]
