"""Where a duty that stood on a rung of one ladder stands on another (a running campaign changes its 督办)."""

from __future__ import annotations

from workflow.model import Rung


def position(old: tuple[Rung, ...], new: tuple[Rung, ...], no: int) -> tuple[int, tuple[Rung, ...]]:
    """The number on the new ladder of a duty that stood on number `no` of the old one (0: nobody told yet), and the rungs at or
    below it that were not told: they are passed over, and the caller records them as skipped.

    Rungs are the same by key, whatever their number, so that nothing told is told again. Where the rung itself is gone, the duty stands
    on the highest one it was told of, or on what takes the place of the gone one: new rungs no later than it was. Then nothing is
    repeated: let `told_on` stand for the dwell, and count `repeat` as used up.

    (R1, R2, R3) -> (R1, R1b, R2, R3): 2 stands on 3, R1b is passed over; 1 stays 1, and R1b is ahead.
    (R1, R2, R3) -> (R1, R3): 2 stands on 1, and R3 is ahead.
    """
    told = {rung.key for rung in old if rung.no <= no}
    stands = max((rung.no for rung in new if rung.key in told), default=0)
    gone = next((rung for rung in old if rung.no == no and all(rung.key != other.key for other in new)), None)
    if gone is not None:
        stands = _in_its_place(gone, {rung.key for rung in old}, new, stands)
    return stands, tuple(rung for rung in new if rung.no <= stands and rung.key not in told)


def _in_its_place(gone: Rung, known: set[str], new: tuple[Rung, ...], stands: int) -> int:
    for rung in sorted(new, key=lambda rung: rung.no):
        if rung.no <= stands:
            continue
        if rung.key in known or (rung.offset, rung.at) > (gone.offset, gone.at):
            break
        stands = rung.no
    return stands
