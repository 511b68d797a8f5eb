import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { compile, instantiate } from "@novywave/component-engine";
import { buildComponent, coreImports, imports } from "./component.js";
import { loadRows } from "./load.js";
import { callsOf, microseconds, takingTurns, warmUp } from "./measure.js";

const rounds = 3;

/**
 * What a call through the component engine costs, beside a raw core call and beside jco's generated code. The sides take turns,
 * and the better of the rounds counts, so that what else the machine does weighs on both alike.
 *
 * @returns {Promise<{name: string, against: string, ratio: number, reach: string, unit?: string, note?: string}[]>}
 */
export async function rows() {
  const { module, component, api } = await buildComponent();
  const { [`${api}#empty`]: core, memory } = new WebAssembly.Instance(
    await WebAssembly.compile(module),
    coreImports,
  ).exports;
  const instance = instantiate(await compile(component), imports);
  const calls = {
    ...callsOf(instance.exports[api]),
    raw: () => core(),
  };
  warmUp(calls);
  const jco = await startJco();
  const ours = {};
  const theirs = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, call] of Object.entries(calls)) {
      ours[name] = Math.min(ours[name] ?? Infinity, microseconds(call));
      if (name !== "raw") theirs[name] = Math.min(theirs[name] ?? Infinity, await jco.measure(name));
    }
  }
  jco.stop();
  const [give, copy] = takingTurns(
    calls.giveBytes,
    () => new Uint8Array(memory.buffer.slice(1 << 20, 2 << 20)),
  );
  return [
    row("engine: empty export", "a raw core call", ours.empty, ours.raw, "<= 3"),
    row("engine: empty export", "jco", ours.empty, theirs.empty, "<= 0.05"),
    {
      name: "engine: handle-event(tick)",
      against: "0.25 µs",
      ratio: ours.tick,
      reach: "<= 0.25",
      unit: "µs",
    },
    row("engine: handle-event(tick)", "jco", ours.tick, theirs.tick, "<= 0.05"),
    row("engine: export with one import call", "jco", ours.askHost, theirs.askHost, "<= 0.1"),
    row("engine: method of a resource of the host", "jco", ours.askSink, theirs.askSink, "<= 0.1"),
    row("engine: method of a resource of the guest", "jco", ours.counter, theirs.counter, "<= 0.1"),
    row("engine: 1 000 strings in", "jco", ours.takeStrings, theirs.takeStrings, "<= 0.8"),
    row("engine: 1 000 strings out", "jco", ours.giveStrings, theirs.giveStrings, "<= 0.8"),
    row("engine: 1 MiB list<u8> in", "jco", ours.takeBytes, theirs.takeBytes, "<= 1.2"),
    row("engine: 1 MiB list<u8> out", "a copy of 1 MiB", give, copy, "<= 1.5"),
    ...(await loadRows()),
  ];
}

async function startJco() {
  const child = fork(fileURLToPath(new URL("./jco-worker.js", import.meta.url)));
  const ended = once(child, "exit").then(([code]) =>
    Promise.reject(new Error(`the process of jco ended: ${code}`)),
  );
  ended.catch(() => undefined);
  const next = () => Promise.race([new Promise((resolve) => child.once("message", resolve)), ended]);
  await next();
  return {
    measure(name) {
      const answer = next();
      child.send(name);
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

/** One ratio; `ours` and `theirs` in microseconds. */
function row(name, against, ours, theirs, reach) {
  const note = `${ours.toFixed(3)} µs against ${theirs.toFixed(3)} µs`;
  return { name, against, ratio: ours / theirs, reach, note };
}
