"""What is bought, stocked and sold: products, their categories and barcodes."""
