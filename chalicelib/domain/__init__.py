"""The rules of a doctor's schedule: no clock, no I/O, nothing but the standard library."""
