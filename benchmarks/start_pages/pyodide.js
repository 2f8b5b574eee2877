// A plain Pyodide page: Python, numpy, and nothing else; see ../start.py.
window.measured = { python: null };
const wheel = fetch(document.documentElement.dataset.wheel).then((response) => response.arrayBuffer());
const { loadPyodide } = await import(new URL("pyodide/pyodide.mjs", location.href));
const pyodide = await loadPyodide();
pyodide.unpackArchive(await wheel, "wheel");
pyodide.pyimport("numpy");
window.measured.python = performance.now();
