import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { ok, systemClock, toDisposable } from "../../packages/base/dist/index.js";
import {
  createPluginHost,
  inspectArtifact,
  makeArtifact,
  withDefaults,
} from "../../packages/plugin-host/dist/index.js";

/** A host over an empty workspace; `changed` tells all watchers. */
export function openHost(transport, workspace) {
  const own = workspace ?? realpathSync(mkdtempSync(join(tmpdir(), "novywave-bench-host-")));
  const watchers = new Set();
  const host = createPluginHost({
    transport,
    workspace: own,
    ports: {
      watch: (_folders, _debounceMs, onChange) => {
        watchers.add(onChange);
        return Promise.resolve(ok(toDisposable(() => watchers.delete(onChange))));
      },
    },
    clock: systemClock,
    log: () => {},
  });
  async function start(artifact, limits = {}, config = {}) {
    const { manifest, requests } = valueOf(inspectArtifact(artifact));
    const request = {
      pluginId: manifest.id,
      artifact,
      manifest,
      config,
      channels: manifest.channels,
      capabilities: requests,
      folders: [own],
      limits: withDefaults(limits),
    };
    return valueOf(await host.start(request));
  }
  return {
    host,
    workspace: own,
    changed: (paths) => {
      for (const watcher of watchers) watcher(paths);
    },
    /** Starts a component; throws what keeps it from starting. */
    start: async (bytes, limits = {}, config = {}) => {
      // The server says so when it begins to read a file; that takes longer than the message.
      host.prepare();
      await setImmediate();
      return start(valueOf(makeArtifact("bench.wasm", bytes)), limits, config);
    },
    close: async () => {
      await host[Symbol.asyncDispose]();
      if (workspace === undefined) rmSync(own, { recursive: true, force: true });
    },
  };
}

export function valueOf(result) {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

export async function timeOf(task) {
  const started = performance.now();
  await task();
  return performance.now() - started;
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

export const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
export const us = (value) => `${(value * 1_000).toFixed(0)} µs`;
