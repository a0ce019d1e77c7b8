// @ts-check

/**
 * Some cycle of a directed graph, its first node repeated at the end; undefined when there is none.
 * @param {ReadonlyMap<string, readonly string[]>} graph
 * @returns {string[] | undefined}
 */
export function findCycle(graph) {
  const done = new Set();
  /** @type {string[]} */
  const path = [];
  /** @type {(node: string) => string[] | undefined} */
  const visit = (node) => {
    if (done.has(node)) return undefined;
    const seen = path.indexOf(node);
    if (seen >= 0) return [...path.slice(seen), node];
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
