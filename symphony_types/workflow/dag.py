"""
Algorithms on directed graphs whose nodes are the numbers 0, 1, 2 and so on.

All are linear in nodes and edges (the deterministic order costs a logarithm
more), and none recurses, so that long chains do no harm.
"""

from __future__ import annotations

import heapq

from collections.abc import Iterable, Sequence

import attrs


__all__ = ["Digraph"]


@attrs.frozen(unsafe_hash=False)
class Digraph:
    """
    A directed graph; nodes with smaller numbers go first where order is open.

    Args:
        successors: For each node the nodes that its edges lead to.
    """

    successors: Sequence[Sequence[int]]

    @classmethod
    def from_edges(cls, size: int, edges: Iterable[tuple[int, int]]) -> Digraph:
        """Build the graph of *size* nodes and *edges*, each from a source to a target; repeated edges count once."""
        successors: list[dict[int, None]] = [{} for _ in range(size)]
        for source, target in edges:
            successors[source][target] = None
        return cls([list(targets) for targets in successors])

    def _indegrees(self) -> list[int]:
        degrees = [0] * len(self.successors)
        for targets in self.successors:
            for target in targets:
                degrees[target] += 1
        return degrees

    def topological_order(self) -> list[int]:
        """Return the nodes, each after its predecessors; shorter than the graph where there is a cycle (Kahn)."""
        degrees = self._indegrees()
        ready = [node for node, degree in enumerate(degrees) if degree == 0]
        order: list[int] = []
        while ready:
            node = heapq.heappop(ready)
            order.append(node)
            for target in self.successors[node]:
                degrees[target] -= 1
                if degrees[target] == 0:
                    heapq.heappush(ready, target)
        return order

    def is_acyclic(self) -> bool:
        """Return whether no way leads back to where it began; much faster than looking for `cycles`."""
        degrees = self._indegrees()
        ready = [node for node, degree in enumerate(degrees) if degree == 0]
        left = len(degrees)
        while ready:
            left -= 1
            for target in self.successors[ready.pop()]:
                degrees[target] -= 1
                if degrees[target] == 0:
                    ready.append(target)
        return left == 0

    def levels(self) -> list[list[int]]:
        """Return the nodes by the length of the longest path that leads to them; without those on or behind a cycle."""
        degrees = self._indegrees()
        level = [node for node, degree in enumerate(degrees) if degree == 0]
        levels: list[list[int]] = []
        while level:
            levels.append(level)
            following: list[int] = []
            for node in level:
                for target in self.successors[node]:
                    degrees[target] -= 1
                    if degrees[target] == 0:
                        following.append(target)
            level = sorted(following)
        return levels

    def components(self) -> list[list[int]]:
        """Return the strongly connected components, each sorted (Tarjan, with a stack of its own)."""
        size = len(self.successors)
        index = [-1] * size
        low = [0] * size
        on_path = [False] * size
        path: list[int] = []
        found: list[list[int]] = []
        count = 0
        for root in range(size):
            if index[root] >= 0:
                continue
            work = [(root, 0)]
            while work:
                node, position = work.pop()
                if position == 0:
                    index[node] = low[node] = count
                    count += 1
                    path.append(node)
                    on_path[node] = True
                else:
                    # Back from the successor before this position.
                    low[node] = min(low[node], low[self.successors[node][position - 1]])
                descended = False
                for offset in range(position, len(self.successors[node])):
                    target = self.successors[node][offset]
                    if index[target] < 0:
                        work.append((node, offset + 1))
                        work.append((target, 0))
                        descended = True
                        break
                    if on_path[target]:
                        low[node] = min(low[node], index[target])
                if descended or low[node] != index[node]:
                    continue
                component: list[int] = []
                while not component or component[-1] != node:
                    component.append(path.pop())
                    on_path[component[-1]] = False
                found.append(sorted(component))
        return found

    def cycles(self) -> list[list[int]]:
        """
        Return one closed cycle per strongly connected component, sorted.

        A cycle begins and ends with its smallest node: ``[0, 1, 2, 0]``.
        """
        found: list[list[int]] = []
        for component in self.components():
            members = set(component)
            walk: dict[int, None] = {}
            node: int | None = component[0]
            while node is not None and node not in walk:
                walk[node] = None
                node = next((target for target in self.successors[node] if target in members), None)
            if node is None:
                continue  # a single node without an edge to itself
            nodes = list(walk)
            cycle = nodes[nodes.index(node) :]
            start = cycle.index(min(cycle))
            found.append([*cycle[start:], *cycle[:start], cycle[start]])
        return sorted(found)
