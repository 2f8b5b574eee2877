"""The style sheet of drawn graphs."""

from typing import Final

_LIGHT = "--ground:#fff;--node:#f5f7fa;--edge:#8895a7;--text:#1b2430;--muted:#5d6b7d;--link:#3f7fbf;"
_LIGHT += "--side:#a06a00;--back:#b0356b;--end:#e3f0fc;--subgraph:#fbf9f2;--share:#3f7fbf;--waits:#a04000"
_DARK = "--ground:#14181d;--node:#1f262e;--edge:#66758a;--text:#e8edf3;--muted:#9aa8b8;--link:#6fb1f0;"
_DARK += "--side:#e0a94a;--back:#f07aa8;--end:#1c3146;--subgraph:#1a1e22;--share:#6fb1f0;--waits:#f0a070"

STYLE: Final = f"""
:root,:host{{color-scheme:light dark;{_LIGHT}}}
@media(prefers-color-scheme:dark){{:root,:host{{{_DARK}}}}}
text{{font:11px system-ui,sans-serif;fill:var(--text)}}
.ground{{fill:var(--ground)}}
.node{{fill:var(--node);stroke:var(--edge)}}
.subgraph{{fill:var(--subgraph);stroke:var(--edge)}}
.closed{{stroke-width:3}}
.end{{fill:var(--end);stroke:var(--link)}}
.end.side{{stroke:var(--side)}}
.name{{font-size:12.5px;font-weight:600}}
.kind,.port,.type{{fill:var(--muted)}}
.port{{font-size:9.5px}}
text.end{{text-anchor:end;fill:var(--muted);stroke:none}}
.meter{{font-variant-numeric:tabular-nums}}
.meter.waits{{fill:var(--waits)}}
.share{{fill:var(--share)}}
.dot{{fill:var(--edge)}}
.link{{fill:none;stroke:var(--link);stroke-width:1.4}}
.link.side{{stroke:var(--side);stroke-dasharray:1.5 3;stroke-linecap:round}}
.link.back{{stroke:var(--back);stroke-dasharray:6 4;stroke-linejoin:round}}
"""
"""Colours follow what the reader's system prefers: light or dark. Side packets are dotted, back edges dashed."""
