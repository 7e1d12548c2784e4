"""Pick lists: what is taken from which place for which shipment, counted by scanning, then packed.

A pick list is drawn when the warehouse first hears what of a shipment is ready to be picked (or somebody presses Pick), not when the
shipment is planned: confirming an order stays quick, and nobody walks for goods that are not there. It follows its shipment: changed
quantities, dispatch and cancellation reach it through `follow_shipment`.
"""
