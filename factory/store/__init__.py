"""Postgres is the truth: schema, and every query with a name and a sentence. Callers own the transaction.

All functions take a psycopg connection whose rows are dicts (`store.pool.open_pool`). Nothing here sends, renders or
reads a bucket; what must be sent is a row in `outbox` or `deliveries`, written in the caller's transaction.
"""
