"""Routes of the API, one module a kind of thing, each with a `router`."""
