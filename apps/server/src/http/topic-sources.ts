import { assertNever, type Event } from "@novywave/base";
import { emptyView, type PluginStatus } from "@novywave/protocol";
import { printable } from "@novywave/plugin-host";
import type { OutsideLink } from "../plugins/outside-links.js";
import { flatNumbers, type PluginMetrics } from "../plugins/plugin-metrics.js";
import type { Discoveries, Relays, RelayState } from "../relays.js";
import type { ServerApi, Source } from "./api.js";

/** What clients see of the relays. */
export function topicSources(relays: Relays): ServerApi["topics"] {
  return {
    config: relays.configStatus,
    view: derived([relays.workspaceReplay], () => {
      const replay = relays.workspaceReplay.current;
      if (replay.state !== "ready") return { value: emptyView, revision: 0 };
      return { value: replay.value.view, revision: replay.value.revision };
    }),
    plugins: derived([relays.pluginStatus, relays.pluginMetrics, relays.pluginOutside], () =>
      withOutside(
        withStats(valueOf(relays.pluginStatus.current) ?? [], valueOf(relays.pluginMetrics.current) ?? []),
        valueOf(relays.pluginOutside.current) ?? [],
      ),
    ),
    files: derived([relays.filesState], () => [...(valueOf(relays.filesState.current) ?? [])]),
    discovery: derived([relays.pluginDiscovery], () => discoveryStatus(relays.pluginDiscovery.current)),
    timeline: relays.timelineState,
  };
}

function valueOf<T>(state: RelayState<T>): T | undefined {
  return state.state === "ready" ? state.value : undefined;
}

/** A state made from others; computed when somebody asks. */
function derived<T>(from: readonly Pick<Source<unknown>, "subscribe">[], current: () => T): Source<T> {
  const subscribe: Event<T> = (listener) => {
    const subscriptions = from.map((source) => source.subscribe(() => listener(current())));
    return {
      [Symbol.dispose]() {
        for (const subscription of subscriptions) subscription[Symbol.dispose]();
      },
    };
  };
  return {
    get current() {
      return current();
    },
    subscribe,
  };
}

function withStats(statuses: readonly PluginStatus[], metrics: readonly PluginMetrics[]): PluginStatus[] {
  const byId = new Map(metrics.map((metric) => [metric.pluginId, metric]));
  return statuses.map((status) => {
    const metric = byId.get(status.id);
    if (!metric) return status;
    return { ...status, stats: flatNumbers(metric) };
  });
}

/** Names of files are whatever somebody called them. */
const maxName = 1_000;

function withOutside(statuses: readonly PluginStatus[], links: readonly OutsideLink[]): PluginStatus[] {
  return statuses.map((status) => {
    const outside = links.filter(({ pluginId }) => pluginId === status.id);
    if (outside.length === 0) return status;
    return {
      ...status,
      outside: outside.map(({ link, target }) => ({
        link: printable(link, maxName),
        target: printable(target, maxName),
      })),
    };
  });
}

function discoveryStatus(state: RelayState<Discoveries>): ServerApi["topics"]["discovery"]["current"] {
  switch (state.state) {
    case "loading":
      return { state: "loading", count: 0 };
    case "empty":
      return { state: "empty", count: 0, ...(state.message !== undefined && { message: state.message }) };
    case "error":
      return { state: "error", count: 0, message: state.message };
    case "ready":
      return { state: "ready", count: new Set([...state.value.values()].flat()).size };
    default:
      return assertNever(state);
  }
}
