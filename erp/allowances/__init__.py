"""The allowance for bad debt: what is set aside per age or item, posted as a difference, used when an item is written off."""
