# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Outages of many hosts, each asked now and then; pure.

A sample is a frame to some host: how many ms after the fault it was sent, and
whether it was lost. All hosts are asked in turn, in a random order, so the
share of lost frames t ms after the fault is the share of hosts that are still
dark by then. That share can only fall; the best estimate that only falls pools
neighbours that would rise (isotonic regression). With one host it is the gap
between the last lost frame and the first that arrives.
"""

import math


def dark(samples):
    """[(ms, share of the hosts that are dark)], falling, from samples."""
    blocks = []  # share, weight, when it begins
    for at, lost in sorted(samples):
        share, weight, begin = float(lost), 1, at
        while blocks and blocks[-1][0] <= share:
            before, count, begin = blocks.pop()
            share = (share * weight + before * count) / (weight + count)
            weight += count
        blocks.append((share, weight, begin))
    return [(begin, share) for share, _, begin in blocks]


class Outage:
    """Outage per host, ms: 0 where nobody missed a frame, infinite where it
    lasts beyond the last sample. A planned move begins at its first loss."""

    def __init__(self, samples, planned=False):
        after = [sample for sample in samples if sample[0] >= 0]
        self.lost = sum(lost for _, lost in samples)
        begin = min((at for at, lost in after if lost), default=0.0)
        self.begin = begin if planned else 0.0
        after = [(at - self.begin, lost) for at, lost in after
                 if at >= self.begin]
        self.steps = dark(after)
        last = max((at for at, lost in after if lost), default=None)
        self.worst = 0.0 if last is None else min(
            (at for at, _ in after if at > last), default=math.inf)

    def within(self, share):
        """The outage that this share of the hosts does not exceed."""
        allowed = 1 - share + 1e-9
        if not self.steps or self.steps[0][1] <= allowed:
            return 0.0
        return next((at for at, left in self.steps if left <= allowed),
                    math.inf)


def middle(values):
    """The median; of an even number, the higher of the two."""
    return sorted(values)[len(values) // 2]
