"""Inviting another device to run the benchmark: its addresses in the local network, and a QR code of the first."""

import contextlib
import io
import socket


def addresses() -> list[str]:
    """This machine's addresses, the one that leads out of it first; at least one."""
    found = [_outward()]
    with contextlib.suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    others = [one for one in dict.fromkeys(found) if one and not one.startswith("127.")]
    return others or ["127.0.0.1"]


def _outward() -> str:
    """The address that a packet to elsewhere would leave from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of TEST-NET-1, RFC 5737: nobody's
            return str(probe.getsockname()[0])
        except OSError:
            return ""


def invitation(links: list[str]) -> str:
    """What the terminal says: where to go, and what will be missing there over plain http."""
    lines = ["Open this on the other device, which must be in the same network:", *(f"  {link}" for link in links)]
    if code := qr_code(links[0]):
        lines.append(code)
    if links[0].startswith("http:"):
        lines += [
            "Over http, browsers give a page of another machine no threads, no WebGPU and no measure of memory:",
            "litert-wasm runs on one thread, and litert-webgpu and tfjs-webgpu are left out. For these, give",
            "--certificate a PEM file with a certificate and its key, and accept it on the device.",
        ]
    lines.append("Whoever has the address can open the app until the report is in. Waiting; Ctrl-C ends it.")
    return "\n".join(lines)


def qr_code(link: str) -> str:
    """The link as a QR code in half blocks; "" where the package segno is not installed."""
    try:
        import segno
    except ImportError:
        return ""
    out = io.StringIO()
    segno.make(link, error="m").terminal(out, border=2, compact=True)
    return out.getvalue()
