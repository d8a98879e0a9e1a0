"""The one table: every key, every condition, and what AWS's errors mean to us."""
