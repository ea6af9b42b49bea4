"""The one place where untrusted YAML, fonts, SVG and pictures are opened."""
