"""The doors of the product: where people and other programs come in."""
