"""What clients see, on moto and on MiniStack alike."""
