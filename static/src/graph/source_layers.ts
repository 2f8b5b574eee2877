/** Sources in the order in which they may run: a layer begins when all sources of the one before are closed. */

import type { Node } from "./node";

export class SourceLayers {
  private readonly layers: readonly (readonly Node[])[];
  private active = 0;

  /** Gives all nodes their turn (mediapipe/framework/scheduler_queue.h). */
  constructor(nodes: readonly Node[]) {
    for (const node of nodes) node.turn = -node.id;
    const sources = nodes.filter((node) => node.isSource);
    const numbers = [...new Set(sources.map((node) => node.config.sourceLayer))].sort((a, b) => a - b);
    this.layers = numbers.map((layer) => sources.filter((node) => node.config.sourceLayer === layer));
    this.layers.flat().forEach((node, order) => {
      node.turn = order + 1;
    });
  }

  /** Begins with the first layer. */
  activate(): void {
    this.active = 0;
    this.start();
  }

  /** Begins with the next layer, if the active one is done; whether it did. */
  next(): boolean {
    const layer = this.layers[this.active];
    if (!layer?.every((node) => !node.isOpened)) return false;
    this.active++;
    this.start();
    return this.active < this.layers.length;
  }

  private start(): void {
    for (const node of this.layers[this.active] ?? []) {
      node.isActive = true;
      node.evaluate();
    }
  }

  /** Whether no source is open: one that waits for its side packets in vain never is. */
  get areClosed(): boolean {
    return this.layers.every((layer) => layer.every((node) => !node.isOpened));
  }

  close(): void {
    for (const layer of this.layers) for (const node of layer) node.closeSoon();
  }
}
