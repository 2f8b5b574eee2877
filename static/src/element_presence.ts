/** When an element is in the page: from its insertion until a while after its removal, and when it is first seen. */

/** Milliseconds after its removal when everything is given back; moving it within the page takes less. */
const GRACE = 250;

export interface PresenceEvents {
  /** It is in the page; the signal is aborted when it no longer is. */
  arrived(signal: AbortSignal): void;
  /** It is on the screen for the first time since it arrived. */
  seen(): void;
  left(): void;
}

export class ElementPresence {
  readonly #element: Element;
  readonly #events: PresenceEvents;
  #connection: AbortController | null = null;
  #release: ReturnType<typeof setTimeout> | undefined;
  #isSeen = false;

  constructor(element: Element, events: PresenceEvents) {
    this.#element = element;
    this.#events = events;
  }

  get isHere(): boolean {
    return this.#connection !== null;
  }

  /** Whether it has been seen since it arrived. */
  get isSeen(): boolean {
    return this.#isSeen;
  }

  /** The browser has put it into the page. */
  connected(): void {
    clearTimeout(this.#release);
    if (this.#connection !== null) return;
    this.#connection = new AbortController();
    this.#events.arrived(this.#connection.signal);
    this.#watch(this.#connection.signal);
  }

  /** The browser has taken it out of the page. */
  disconnected(): void {
    this.#release = setTimeout(() => { this.#leave(); }, GRACE);
  }

  #watch(signal: AbortSignal): void {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      this.#isSeen = true;
      this.#events.seen();
    });
    observer.observe(this.#element);
    signal.addEventListener("abort", () => { observer.disconnect(); });
  }

  #leave(): void {
    if (this.#element.isConnected) return;
    this.#connection?.abort();
    this.#connection = null;
    this.#events.left();
    this.#isSeen = false;
  }
}
