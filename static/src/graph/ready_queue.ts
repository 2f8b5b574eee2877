/** The nodes that wait for their turn, the least rank first: a binary heap, so that a large graph is not searched. */

interface Ranked {
  readonly rank: number;
}

export class ReadyQueue<T extends Ranked> {
  private readonly heap: T[] = [];

  push(item: T): void {
    const { heap } = this;
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (heap[parent]!.rank <= item.rank) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = item;
  }

  pop(): T | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length) this.sink(last);
    return first;
  }

  clear(): void {
    this.heap.length = 0;
  }

  private sink(item: T): void {
    const { heap } = this;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && heap[child + 1]!.rank < heap[child]!.rank) child++;
      if (heap[child]!.rank >= item.rank) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = item;
  }
}
