# Copyright (c) 2026 Dualbridge contributors and others.  All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Small charts on two logarithmic axes, as SVG; pure."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 360, 250
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 26, 34
COLOURS = ("#1b6ca8", "#d1495b", "#2e8b57", "#8e6c8a", "#e08e0b", "#555555",
           "#00a6a6", "#7a4419")


def decades(low, high):
    """Powers of ten around positive numbers."""
    return (math.floor(math.log10(low) + 1e-9),
            max(math.ceil(math.log10(high) - 1e-9),
                math.floor(math.log10(low) + 1e-9) + 1))


def label(value):
    return "%g" % value if value < 10000 else "%d,000" % (value // 1000)


class Chart:
    """One panel: lines of points (x, y), both above zero."""

    def __init__(self, title, lines, xs, ys):
        self.title, self.lines, self.xs, self.ys = title, lines, xs, ys

    def _x(self, value):
        low, high = self.xs
        return LEFT + (math.log10(value) - low) / (high - low) * (
            WIDTH - LEFT - RIGHT)

    def _y(self, value):
        low, high = self.ys
        return HEIGHT - BOTTOM - (math.log10(value) - low) / (high - low) * (
            HEIGHT - TOP - BOTTOM)

    def svg(self, colours):
        parts = ['<text x="%d" y="16" class="title">%s</text>'
                 % (LEFT, escape(self.title))]
        for power in range(self.ys[0], self.ys[1] + 1):
            y = self._y(10.0 ** power)
            parts.append('<path class="grid" d="M%d %.1fH%d"/>'
                         '<text x="%d" y="%.1f" class="y">%s</text>' % (
                             LEFT, y, WIDTH - RIGHT, LEFT - 5, y + 4,
                             label(10.0 ** power)))
        for power in range(self.xs[0], self.xs[1] + 1):
            x = self._x(10.0 ** power)
            parts.append('<path class="grid" d="M%.1f %dV%d"/>'
                         '<text x="%.1f" y="%d" class="x">%s</text>' % (
                             x, TOP, HEIGHT - BOTTOM, x,
                             HEIGHT - BOTTOM + 15, label(10.0 ** power)))
        for name, points in self.lines:
            places = " ".join("%.1f,%.1f" % (self._x(x), self._y(y))
                              for x, y in points)
            parts.append('<polyline points="%s" fill="none" stroke="%s" '
                         'stroke-width="1.8"/>' % (places, colours[name]))
            parts += ['<circle cx="%.1f" cy="%.1f" r="2.6" fill="%s"/>' % (
                self._x(x), self._y(y), colours[name]) for x, y in points]
        return "".join(parts)


def sheet(panels, axes, floor):
    """Panels [(title, [(name, [(x, y)])])] two by two, axes alike, and a
    legend. What is below the floor is drawn at the floor."""
    panels = [(title, [(name, [(x, max(y, floor)) for x, y in points])
                       for name, points in lines if points])
              for title, lines in panels]
    points = [point for _, lines in panels for _, line in lines
              for point in line]
    names = list(dict.fromkeys(name for _, lines in panels
                               for name, _ in lines))
    colours = {name: COLOURS[at % len(COLOURS)]
               for at, name in enumerate(names)}
    xs = decades(min(x for x, _ in points), max(x for x, _ in points))
    ys = decades(min(y for _, y in points), max(y for _, y in points))
    rows = (len(panels) + 1) // 2
    width, height = 2 * WIDTH, rows * HEIGHT + 24 + 20 * ((
        len(names) + 2) // 3)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
           'viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">'
           '<style>.grid{stroke:#ddd}.title{font-weight:bold;font-size:13px}'
           '.y{text-anchor:end}.x{text-anchor:middle}</style>'
           '<rect width="100%%" height="100%%" fill="white"/>'
           % (width, height, width, height)]
    for at, (title, lines) in enumerate(panels):
        out.append('<g transform="translate(%d %d)">%s</g>' % (
            at % 2 * WIDTH, at // 2 * HEIGHT,
            Chart(title, lines, xs, ys).svg(colours)))
    out.append('<text x="%d" y="%d" class="x">%s</text>' % (
        width // 2, rows * HEIGHT + 8, escape(axes)))
    for at, name in enumerate(names):
        x, y = 52 + at % 3 * 225, rows * HEIGHT + 30 + at // 3 * 20
        out.append('<path d="M%d %dh18" stroke="%s" stroke-width="2.5"/>'
                   '<text x="%d" y="%d">%s</text>' % (
                       x, y - 4, colours[name], x + 24, y, escape(name)))
    return "\n".join(out + ["</svg>"]) + "\n"
