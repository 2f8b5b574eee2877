/** Every message between a built site's page and its service worker; the page imports nothing else of it. */

/** The visitor has got what they came for: the time to keep the site, and to look for a newer build of it. */
export interface Keep {
  type: "keep";
  /** Files that this browser never needs, as a pattern of paths. */
  unneeded: string;
}

/** A build has given its first result on this device. */
export interface Good {
  type: "good";
  build: string;
}

/** A build cannot run here: it fails its self-check, or its model is refused. */
export interface Bad {
  type: "bad";
  build: string;
}

export type ToServiceWorker = Keep | Good | Bad;

/** All of a build is kept: it starts without a network. */
export interface Kept {
  type: "kept";
  build: string;
}

/** The newest build could not be kept; what was kept before is as it was. */
export interface NotKept {
  type: "not kept";
  /** Why, in one line. */
  reason: string;
}

/** On the next navigation, the last good build runs again. */
export interface RolledBack {
  type: "rolled back";
  build: string;
}

export type FromServiceWorker = Kept | NotKept | RolledBack;
