"""What MediLink Slots promises, told as tests."""
