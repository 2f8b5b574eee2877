/** What an element tells: its events, and failures on its panel. */

import type { ElementView } from "./element_view";
import type { Presenter } from "./presenter";
import type { Failure } from "./protocol";

export class ElementReports {
  readonly #element: EventTarget;
  readonly #view: ElementView;
  readonly #presenter: Presenter;

  constructor(element: EventTarget, view: ElementView, presenter: Presenter) {
    this.#element = element;
    this.#view = view;
    this.#presenter = presenter;
  }

  /** An event of the element. */
  tell(type: string, detail: unknown): void {
    this.#element.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** What runs was stopped by it. The same failure, while it is still shown, is no news. */
  failed(failure: Failure): void {
    const isNews = this.#presenter.complaint !== failure.message;
    this.#presenter.failed(failure);
    if (isNews) this.tell("error", failure);
  }

  /** Something was refused, and nothing is stopped by it. */
  refused(failure: Failure): void {
    this.#view.showFailure(failure, this.#presenter.complaint === "" ? "Close" : "Try again");
    this.tell("error", failure);
  }
}
