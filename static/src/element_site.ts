/** The site that an element shows: its address, and what the page needs of its manifest. */

import { AppError, toFailure } from "./failure";
import { badSite } from "./messages";
import { siteOf, workerOf } from "./own_site";
import { explain } from "./page_policy";
import { fetchSite, type PageSite } from "./page_site";
import type { Failure } from "./protocol";

export class ElementSite {
  readonly #src: () => string | null;
  readonly #met: (site: PageSite) => void;
  #fetched: Promise<PageSite> | null = null;

  /** `src` gives the attribute; `met` is told what the site is, once that is known. */
  constructor(src: () => string | null, met: (site: PageSite) => void) {
    this.#src = src;
    this.#met = met;
  }

  /** The site's folder: absolute, ending in "/"; throws an {@link AppError} where the attribute is no address. */
  base(): URL {
    const src = this.#src();
    if (src === null) return siteOf(import.meta.url);
    const url = URL.parse(src, document.baseURI);
    if (url === null) throw new AppError(badSite(src));
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
  }

  /** What the page needs of the manifest, fetched once; after a failure once more. */
  get manifest(): Promise<PageSite> {
    this.#fetched ??= this.#fetch();
    return this.#fetched;
  }

  /** Whether there has been no other site since. */
  isCurrent(manifest: Promise<PageSite>): boolean {
    return manifest === this.#fetched;
  }

  /** There will be another site. */
  forget(): void {
    this.#fetched = null;
  }

  /** The worker's script. */
  worker(base: URL): URL {
    return workerOf(base, import.meta.url);
  }

  /** The page's own policy may be what keeps something from being loaded. */
  explain(failure: Failure, base: URL): Promise<Failure> {
    return explain(failure, base, this.worker(base));
  }

  async #fetch(): Promise<PageSite> {
    const base = this.base();
    try {
      const site = await fetchSite(base);
      if (base.href === this.base().href) this.#met(site);
      return site;
    } catch (error) {
      this.#fetched = null;
      throw new AppError(await this.explain(toFailure(error), base));
    }
  }
}
