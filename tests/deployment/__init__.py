"""The deployed stack, on an emulator of AWS."""
