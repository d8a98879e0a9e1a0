"""The mutants, grouped by the guarantee that they break."""
