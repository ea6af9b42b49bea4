"""`factory up`: real servers, the web door and workers on one machine, watched by one supervisor."""
