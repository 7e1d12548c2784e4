"""Letters that leave by mail from a record: kept first, sent outside of any transaction, tried again when the server is away."""
