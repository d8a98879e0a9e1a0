"""README, tutorials and how-to guides, followed as a reader does."""
