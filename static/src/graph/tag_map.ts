/** Which port is which: entries such as "TAG:index:name" in the order of a config. */

import { ConfigError } from "./config";

export interface Entry {
  readonly tag: string;
  readonly index: number;
  readonly name: string;
}

/** Tag, index and name of each entry; those without a tag are numbered by position, "TAG:name" has index 0. */
export function splitEntries(entries: readonly string[]): Entry[] {
  let untagged = 0;
  return entries.map((entry) => {
    const parts = entry.split(":");
    const name = parts.at(-1)!;
    if (parts.length === 1) return { tag: "", index: untagged++, name };
    return { tag: parts[0]!, index: parts.length > 2 ? Number(parts[1]) : 0, name };
  });
}

/** The ports of one kind of a node: an entry's place in the config, by tag and index. */
export class TagMap {
  readonly entries: readonly Entry[];
  private readonly places = new Map<string, number[]>();

  constructor(entries: readonly string[]) {
    this.entries = splitEntries(entries);
    this.entries.forEach(({ tag, index }, place) => {
      const places = this.places.get(tag) ?? [];
      places[index] = place;
      this.places.set(tag, places);
    });
  }

  /** Undefined where nothing is connected. */
  place(tag: string, index: number): number | undefined {
    const places = this.places.get(tag);
    return places === undefined ? undefined : places[index];
  }

  count(tag: string): number {
    return this.places.get(tag)?.length ?? 0;
  }

  /** The place of "TAG", "TAG:1", ":2" or "" (which is ":0"); throws a {@link ConfigError} if there is none. */
  require(tagIndex: string): number {
    const [tag, index] = tagIndex.split(":");
    const place = this.place(tag!, Number(index ?? 0));
    if (place !== undefined) return place;
    const known = this.entries.map((entry) => `'${entry.tag}:${entry.index}'`).join(", ");
    throw new ConfigError(`the tag_index '${tagIndex}' names no input of the node; it has ${known || "none"}`);
  }
}
