"""The mutants, by what they break."""
