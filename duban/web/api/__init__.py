"""The JSON API under /api/v1: the same use cases and guards as the pages and the command."""
