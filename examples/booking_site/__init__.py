"""A sample patient booking site. It uses MediLink Slots through its public API only."""
