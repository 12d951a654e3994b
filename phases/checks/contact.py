"""Whom can people ask?"""

from __future__ import annotations

from collections.abc import Iterator

from phases.checks.look import Look
from workflow.errors import Problem


def contact(look: Look) -> Iterator[Problem]:
    if not look.campaign.contact.phone:
        yield Problem(text="没有写联系人和电话，提示里无法告诉大家有问题找谁", path="联系人")
