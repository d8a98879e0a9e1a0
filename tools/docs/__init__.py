"""The documentation site: what MkDocs needs beside its settings in ``mkdocs.yml``."""
