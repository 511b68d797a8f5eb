/**
 * One cycle for each strongly connected part of the import graph, as the files on it with the line of the import that
 * leads to the next.
 *
 * @param {Map<string, { target: string, line: number }[]>} edges
 * @returns {{ file: string, line: number }[][]}
 */
export function findCycles(edges) {
  const cycles = [];
  for (const part of stronglyConnected(edges)) {
    if (part.length < 2) continue;
    const inside = new Set(part);
    cycles.push(shortestCycle(edges, inside, first(part)));
  }
  return cycles;
}

/** The same file whatever order the graph was walked in, so that a cycle is always reported in the same place. */
function first(part) {
  return part.reduce((a, b) => (a < b ? a : b));
}

/** Tarjan's algorithm, without recursion: import chains can be long. */
function stronglyConnected(edges) {
  const index = new Map();
  const low = new Map();
  const open = [];
  const isOpen = new Set();
  const parts = [];
  for (const root of edges.keys()) {
    if (index.has(root)) continue;
    const work = [{ node: root, next: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1);
      const { node } = frame;
      if (frame.next === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node));
        open.push(node);
        isOpen.add(node);
      }
      const edge = edges.get(node)?.[frame.next++];
      if (edge !== undefined) {
        if (!index.has(edge.target)) work.push({ node: edge.target, next: 0 });
        else if (isOpen.has(edge.target)) low.set(node, Math.min(low.get(node), index.get(edge.target)));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) low.set(parent.node, Math.min(low.get(parent.node), low.get(node)));
      if (low.get(node) !== index.get(node)) continue;
      const part = open.splice(open.lastIndexOf(node));
      for (const member of part) isOpen.delete(member);
      parts.push(part);
    }
  }
  return parts;
}

function shortestCycle(edges, inside, start) {
  const from = new Map();
  const queue = [start];
  for (let node = queue.shift(); node !== undefined; node = queue.shift())
    for (const { target, line } of edges.get(node) ?? []) {
      if (!inside.has(target)) continue;
      if (target === start) {
        const cycle = [{ file: node, line }];
        for (let at = node; at !== start; at = from.get(at).file) cycle.unshift(from.get(at));
        return cycle;
      }
      if (from.has(target)) continue;
      from.set(target, { file: node, line });
      queue.push(target);
    }
  throw new Error(`no cycle through ${start}`);
}
