"""MediLink Slots: a doctor's consultation slots, kept whole."""
