/** The drawing of the graph with numbers in its boxes; subgraphs open and close by a click. */

import { combined, type NodeNumbers } from "./numbers";
import { meters } from "./words";

export interface Subgraph {
  path: string;
  name: string;
  isOpen: boolean;
}

export class Picture {
  readonly element = document.createElement("div");
  readonly #style = new CSSStyleSheet();

  /** `toggle` is asked to open or close a subgraph. */
  constructor(toggle: (path: string) => void) {
    this.element.className = "picture";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", "Drawing of the graph");
    this.element.addEventListener("click", ({ target }) => {
      const box = (target as Element).closest<SVGElement>("[data-subgraph]");
      if (box) toggle(box.dataset["subgraph"]!);
    });
  }

  /** The drawing's own style: the page's policy forbids a style element, but not a sheet. */
  get style(): CSSStyleSheet {
    return this.#style;
  }

  show(text: string): void {
    const [whole = "", style = ""] = /<style>(.*?)<\/style>/s.exec(text) ?? [];
    this.#style.replaceSync(style);
    const bare = text.replace(whole, "");
    const svg = new DOMParser().parseFromString(bare, "image/svg+xml").documentElement as unknown as SVGSVGElement;
    this.element.style.setProperty("--drawing", `${svg.viewBox.baseVal.width}px`);
    this.element.replaceChildren(svg);
  }

  get subgraphs(): Subgraph[] {
    const boxes = [...this.element.querySelectorAll<SVGElement>("[data-subgraph]")];
    return boxes.map((box) => ({
      path: box.dataset["subgraph"]!,
      name: box.querySelector(".name")?.textContent ?? "",
      isOpen: box.dataset["prefix"] === undefined,
    }));
  }

  fill(rows: readonly NodeNumbers[]): void {
    for (const box of this.element.querySelectorAll<SVGElement>("[data-node], [data-prefix]")) fillBox(box, numbersOf(box, rows));
  }
}

function numbersOf(box: SVGElement, rows: readonly NodeNumbers[]): NodeNumbers | undefined {
  const { node, prefix, subgraph } = box.dataset;
  if (prefix === undefined) return rows.find(({ name }) => name === node);
  return combined(subgraph!, rows.filter(({ name }) => name.startsWith(prefix)));
}

function fillBox(box: SVGElement, numbers: NodeNumbers | undefined): void {
  if (!numbers) return;
  for (const [name, words] of Object.entries(meters(numbers))) {
    const line = box.querySelector(`.meter.${name}`);
    if (line && line.textContent !== words) line.textContent = words;
  }
  const whole = box.querySelector("rect")!.width.baseVal.value;
  box.querySelector(".share")?.setAttribute("width", (whole * numbers.share).toFixed(1));
}
