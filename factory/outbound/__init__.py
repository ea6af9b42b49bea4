"""The one way in which we call an address that a stranger named: public addresses only, each looked at before use.

A name is resolved once; when any of its addresses is not public, nothing is connected to. The connection then goes to
the very address that was looked at (server name and Host stay the name's), so a name that answers differently the
second time gains nothing. No redirects, no proxies of the environment, one deadline for everything.
"""
