"""A patient booking site that knows nothing of MediLink Slots but the address of its API."""
