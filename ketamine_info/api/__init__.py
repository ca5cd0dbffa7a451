"""The read API under /api/v1/: each app's router, with errors as RFC 9457 problems."""
