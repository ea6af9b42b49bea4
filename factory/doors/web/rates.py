"""What is left of a key's bucket, and how it is told."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """What is left of a key's bucket after a request."""

    left: int
    burst: int
    per_second: float

    def headers(self) -> dict[str, str]:
        """The fields of the IETF's draft on rate limits (draft-ietf-httpapi-ratelimit-headers)."""
        fill = math.ceil((self.burst - self.left) / self.per_second)
        policy = f'"key";q={self.burst};w={math.ceil(self.burst / self.per_second)}'
        return {"RateLimit-Policy": policy, "RateLimit": f'"key";r={self.left};t={fill}'}
