"""A notice (通知) as people send it: text, Word, web page or PDF."""

from duban.notices.read import BadNotice, read_notice

__all__ = ["BadNotice", "read_notice"]
