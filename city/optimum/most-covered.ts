/** What can follow what: tasks are numbered in the sequence of their times, and a task follows only earlier ones. */
export interface Chains {
  readonly tasks: number;
  /** For each start: the tasks that it can do first. */
  readonly firsts: readonly (readonly number[])[];
  /** For each task: the tasks that can be done next. */
  readonly nexts: readonly (readonly number[])[];
}

/**
 * The most tasks that chains can cover, if each chain begins at a start of its own, and no task is in two chains.
 *
 * It is a flow of least cost: each task is an arc of capacity 1 and cost -1, and every other arc costs nothing. While a
 * path of negative cost leads from the starts to the end, the flow is enlarged along the cheapest ones. Such a flow is
 * always one of the best of its size, and each further path covers as many tasks as the last one, or fewer: so it ends
 * with the best of all sizes.
 */
export function mostCovered({ tasks, firsts, nexts }: Chains): number {
  const starts = firsts.length;
  const [source, sink] = [0, 1];
  const startNode = (start: number) => 2 + start;
  const into = (task: number) => 2 + starts + 2 * task;
  const outOf = (task: number) => into(task) + 1;
  const network = new Network(2 + starts + 2 * tasks);
  for (const [start, first] of firsts.entries()) {
    network.join(source, startNode(start), 0);
    for (const task of first) network.join(startNode(start), into(task), 0);
  }
  for (const [task, next] of nexts.entries()) {
    network.join(into(task), outOf(task), -1);
    network.join(outOf(task), sink, 0);
    for (const other of next) network.join(outOf(task), into(other), 0);
  }
  return Math.abs(network.leastCost(source, sink));
}

/** A network whose arcs have capacity 1. An arc and its way back have the numbers 2n and 2n + 1. */
class Network {
  readonly #out: number[][];
  readonly #to: number[] = [];
  readonly #cost: number[] = [];
  readonly #left: number[] = [];
  /** What it costs at least to come to a node. With it no arc costs less than nothing. */
  readonly #potential: number[];
  #seen: boolean[] = [];

  constructor(nodes: number) {
    this.#out = Array.from({ length: nodes }, () => []);
    this.#potential = Array.from({ length: nodes }, () => 0);
  }

  join(from: number, to: number, cost: number): void {
    this.#out[from]?.push(this.#to.length);
    this.#to.push(to);
    this.#cost.push(cost);
    this.#left.push(1);
    this.#out[to]?.push(this.#to.length);
    this.#to.push(from);
    this.#cost.push(-cost);
    this.#left.push(0);
  }

  leastCost(source: number, sink: number): number {
    this.#beginAt(source);
    let total = 0;
    for (;;) {
      const cost = this.#potential[sink] ?? 0;
      if (cost >= 0) return total;
      for (;;) {
        this.#seen = [];
        if (!this.#push(source, sink)) break;
        total += cost;
      }
      if (!this.#raise(source, sink)) return total;
    }
  }

  /** Without flow there are no circles, so the cheapest ways are found by going round until nothing changes. */
  #beginAt(source: number): void {
    this.#potential.fill(Infinity);
    this.#potential[source] = 0;
    const queue = [source];
    const waits = new Set(queue);
    for (let first = 0; first < queue.length; first += 1) {
      const node = queue[first] ?? source;
      waits.delete(node);
      for (const arc of this.#out[node] ?? []) {
        const to = this.#to[arc] ?? 0;
        const cost = this.#costTo(node) + (this.#cost[arc] ?? 0);
        if (this.#left[arc] === 0 || cost >= this.#costTo(to)) continue;
        this.#potential[to] = cost;
        if (!waits.has(to)) queue.push(to);
        waits.add(to);
      }
    }
  }

  /** Sends one along arcs that are on a cheapest way. */
  #push(node: number, sink: number): boolean {
    if (node === sink) return true;
    this.#seen[node] = true;
    for (const arc of this.#out[node] ?? []) {
      const to = this.#to[arc] ?? 0;
      if (this.#left[arc] === 0 || this.#seen[to] || this.#extra(node, arc) !== 0) continue;
      if (!this.#push(to, sink)) continue;
      this.#left[arc] = 0;
      this.#left[arc ^ 1] = 1;
      return true;
    }
    return false;
  }

  /** Finds the cheapest ways anew. Answers whether any leads to the end. */
  #raise(source: number, sink: number): boolean {
    const costs = this.#cheapest(source);
    const toSink = costs[sink] ?? Infinity;
    if (toSink === Infinity) return false;
    for (const [node, cost] of costs.entries()) {
      this.#potential[node] = this.#costTo(node) + Math.min(cost, toSink);
    }
    return true;
  }

  /** By Dijkstra, with a list of nodes for each cost: costs are small whole numbers. */
  #cheapest(source: number): number[] {
    const costs = this.#potential.map(() => Infinity);
    const at: number[][] = [[source]];
    costs[source] = 0;
    for (let cost = 0; cost < at.length; cost += 1) {
      for (let node = at[cost]?.pop(); node !== undefined; node = at[cost]?.pop()) {
        if (costs[node] !== cost) continue;
        for (const arc of this.#out[node] ?? []) {
          const to = this.#to[arc] ?? 0;
          const next = cost + this.#extra(node, arc);
          if (this.#left[arc] === 0 || next >= (costs[to] ?? 0)) continue;
          costs[to] = next;
          while (at.length <= next) at.push([]);
          at[next]?.push(to);
        }
      }
    }
    return costs;
  }

  /** What an arc costs beyond the cheapest way to its end. */
  #extra(from: number, arc: number): number {
    return (this.#cost[arc] ?? 0) + this.#costTo(from) - this.#costTo(this.#to[arc] ?? 0);
  }

  #costTo(node: number): number {
    return this.#potential[node] ?? Infinity;
  }
}
