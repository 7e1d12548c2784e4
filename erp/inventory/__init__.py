"""Stock: where it is (levels), what happened to it (moves), what it is worth (layers), for whom it is kept (reservations)."""
