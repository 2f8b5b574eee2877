/** The button of one sample, with a small picture of it. */

import type { Sample } from "./samples";

const SYMBOLS = { video: "▶", audio: "♪" } as const;

export function sampleButton(sample: Sample, choose: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sample";
  const label = document.createElement("span");
  label.textContent = sample.name;
  button.append(sample.kind === "image" ? thumbnail(sample) : symbol(SYMBOLS[sample.kind]), label);
  button.addEventListener("click", choose);
  return button;
}

/** The label beside it names it already, so it is decoration to a screen reader. */
function thumbnail(sample: Sample): HTMLElement {
  const image = document.createElement("img");
  image.src = sample.address;
  image.alt = "";
  image.loading = "lazy";
  image.decoding = "async";
  return image;
}

function symbol(text: string): HTMLElement {
  const symbol = document.createElement("div");
  symbol.className = "symbol";
  symbol.setAttribute("aria-hidden", "true");
  symbol.textContent = text;
  return symbol;
}
