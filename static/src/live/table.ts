/** The numbers once more, as a table: for screen readers, and where a picture is too wide. */

import type { NodeNumbers } from "./numbers";
import { milliseconds, percent } from "./words";

const COLUMNS = ["Node", "Per call", "Share", "Calls", "Queued", "Dropped", "Now"];

export class NumbersTable {
  readonly element = document.createElement("div");
  readonly #caption = document.createElement("caption");
  readonly #body = document.createElement("tbody");
  readonly #rows = new Map<string, HTMLTableRowElement>();

  constructor() {
    const table = document.createElement("table");
    const head = document.createElement("thead");
    head.append(rowOf(COLUMNS.map((name) => cell("th", name, "col"))));
    table.append(this.#caption, head, this.#body);
    this.element.className = "rows";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", "Numbers of the graph's nodes");
    this.element.append(table);
  }

  fill(rows: readonly NodeNumbers[], droppedFrames: number): void {
    const words = caption(droppedFrames);
    if (this.#caption.textContent !== words) this.#caption.textContent = words;
    const isSame = rows.length === this.#rows.size && rows.every(({ name }) => this.#rows.has(name));
    if (!isSame) this.#begin(rows);
    for (const row of rows) this.#fillRow(row);
  }

  #begin(rows: readonly NodeNumbers[]): void {
    this.#rows.clear();
    for (const { name, calculator } of rows) {
      const title = cell("th", name, "row");
      title.title = calculator;
      this.#rows.set(name, rowOf([title, ...COLUMNS.slice(1).map(() => cell("td", ""))]));
    }
    this.#body.replaceChildren(...this.#rows.values());
  }

  #fillRow(row: NodeNumbers): void {
    const { calls, queued, dropped, state } = row;
    const words = [milliseconds(row.milliseconds), percent(row.share), calls, queued, dropped, state].map(String);
    const cells = [...this.#rows.get(row.name)!.cells].slice(1);
    for (const [at, one] of cells.entries()) if (one.textContent !== words[at]) one.textContent = words[at]!;
    cells.at(-1)!.classList.toggle("held", row.isHeldUp);
  }
}

function caption(droppedFrames: number): string {
  const frames = droppedFrames === 1 ? "1 frame" : `${droppedFrames} frames`;
  return `Times are of the last two seconds. ${frames} dropped before the graph, while it was busy.`;
}

function cell(tag: "th" | "td", text: string, scope = ""): HTMLTableCellElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (scope) made.scope = scope;
  return made;
}

function rowOf(cells: HTMLTableCellElement[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.append(...cells);
  return row;
}
