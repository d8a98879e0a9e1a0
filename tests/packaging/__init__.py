"""The zip and the template that ``scripts/package`` builds."""
