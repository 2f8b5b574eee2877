"""The backends that a page can run models on, by the names that users and the page have for them."""

from collections.abc import Sequence

from pyweb_ml.errors import AuthoringError

BACKENDS = (
    "litert-wasm",
    "litert-webgpu",
    "litert-webnn",
    "tfjs-wasm",
    "tfjs-webgl",
    "tfjs-webgpu",
    "tfjs-cpu",
)
"""The same names as `BackendName` in static/src/manifest.ts."""

AUTO = ("litert-wasm", "litert-webgpu", "tfjs-webgl")
"""What "auto" puts into a site, the first being what begins: the CPU, and the GPU by both of its doors.

The others are left to who asks for them: on the same device tfjs-wasm was slower than litert-wasm and tfjs-webgpu
than litert-webgpu (README, "Which backend"), tfjs-cpu is some 30 times as slow, and no browser that PyWebML has
been tried in offers WebNN.
"""


def backend_names(given: str | Sequence[str]) -> tuple[str, ...]:
    """The backends that `app(backend=…)` or `build --backends` names; "auto" for those usually worth a try.

    Raises:
        AuthoringError: there are no backends of these names, or none is named.
    """
    names = (given,) if isinstance(given, str) else tuple(given)
    if names == ("auto",):
        return AUTO
    unknown = [name for name in names if name not in BACKENDS]
    if unknown or not names:
        quoted = " or ".join(f"'{name}'" for name in unknown)
        what = f"there is no backend {quoted}" if unknown else "no backend is named"
        raise AuthoringError(f'{what}; give "auto", or one or several of {", ".join(BACKENDS)}')
    return tuple(dict.fromkeys(names))
