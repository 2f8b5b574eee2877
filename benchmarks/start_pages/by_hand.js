// A hand-written LiteRT.js page: everything is fetched, and one picture is processed; see ../start.py.
import { create } from "../../static/src/bench/peers/litert.ts";

window.measured = { firstResult: null };
const work = JSON.parse(document.documentElement.dataset.work);
const subject = create({ work }, document.querySelector("canvas"));
const picture = fetch("../astronaut.jpg").then((response) => response.blob()).then(createImageBitmap);
await (await subject).process(await picture);
window.measured.firstResult = performance.now();
