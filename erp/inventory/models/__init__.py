from erp.inventory.models.adjustments import StockAdjustment, StockAdjustmentLine, StockTransfer, StockTransferLine
from erp.inventory.models.places import Location, Lot, Warehouse
from erp.inventory.models.reservations import Reservation
from erp.inventory.models.stock import CostLayer, StockLevel, StockMove, StockValue

__all__ = [
    "CostLayer", "Location", "Lot", "Reservation", "StockAdjustment", "StockAdjustmentLine", "StockLevel", "StockMove", "StockTransfer",
    "StockTransferLine", "StockValue", "Warehouse",
]
