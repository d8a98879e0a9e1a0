"""The API and the pages, called in the same process, on MiniStack and on moto."""
