"""HTML pages: view models, forms and the template engine."""
