"""Checks: each looks at one finished creative for one thing, and says what it measured."""
