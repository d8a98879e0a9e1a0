"""What people come for: load, decide, save."""
