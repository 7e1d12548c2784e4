"""Places where work is done: a site has an address, a time zone and a working calendar."""
