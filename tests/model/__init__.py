"""A model of the protocol by which clients change a day, and a search of all its states."""
