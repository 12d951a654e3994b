"""督办程序: which rung concerns whom now, for a group of duties that share all it depends on.

Rules (escalation design 2.3 to 2.6): comparison, never equality; a reminder whose line has passed is recorded as skipped, not
sent late; of several missed reminders only the latest is sent; escalation climbs the lowest rung not yet told, one a run, after a
dwell counted in working days from the day the last rung was told; a rung is repeated until the next one is told; a hold moves a
rung to the first working day after it; a gate waits until the rung before has left or arrived; a slot, a dwell or the end of a
hold that reaches into an unpublished year is held, never guessed.
"""

from workflow.ladder.group import KIND_WORDS, REACHED, REVIEW_KEY, RUNG_TIME, Group, Step, rungs_of
from workflow.ladder.plan import first_look, plan
from workflow.ladder.position import position
from workflow.ladder.slots import slot_day

__all__ = [
    "KIND_WORDS",
    "REACHED",
    "REVIEW_KEY",
    "RUNG_TIME",
    "Group",
    "Step",
    "first_look",
    "plan",
    "position",
    "rungs_of",
    "slot_day",
]
