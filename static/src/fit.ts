/** Elements that are used again from frame to frame. */

/** Gives `place` so many children, new ones from `make`. */
export function fit(place: Element, count: number, make: () => Element): void {
  while (place.children.length > count) place.lastElementChild!.remove();
  while (place.children.length < count) place.append(make());
}
