"""The pages that people use: server-rendered, one address for the page and for the fragment of it that htmx asks for."""
