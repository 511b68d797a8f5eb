import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compile, instantiate } from "@novywave/component-engine";
import { buildComponent } from "./component.js";
import { measureApi, microseconds } from "./measure.js";

/**
 * What a call through the component engine costs, beside a raw core call and beside jco's generated code.
 *
 * @returns {Promise<{name: string, against: string, ratio: number, reach: string, unit?: string, note?: string}[]>}
 */
export async function rows() {
  const { module, component, api } = await buildComponent();
  const raw = new WebAssembly.Instance(await WebAssembly.compile(module)).exports[`${api}#empty`];
  const instance = instantiate(await compile(component), {});
  const ours = measureApi(instance.exports[api]);
  const rawEmpty = microseconds(() => raw());
  const jco = await measureJco();
  return [
    row("engine: empty export", "a raw core call", ours.empty, rawEmpty, "<= 3"),
    row("engine: empty export", "jco", ours.empty, jco.empty, "<= 0.05"),
    {
      name: "engine: handle-event(tick)",
      against: "0.25 µs",
      ratio: ours.tick,
      reach: "<= 0.25",
      unit: "µs",
    },
    row("engine: handle-event(tick)", "jco", ours.tick, jco.tick, "<= 0.05"),
    row("engine: 1 000 strings in", "jco", ours.takeStrings, jco.takeStrings, "<= 0.8"),
    row("engine: 1 000 strings out", "jco", ours.giveStrings, jco.giveStrings, "<= 0.8"),
    row("engine: 1 MiB list<u8> in", "jco", ours.takeBytes, jco.takeBytes, "<= 1"),
    row("engine: 1 MiB list<u8> out", "jco", ours.giveBytes, jco.giveBytes, "<= 1"),
  ];
}

async function measureJco() {
  const worker = fileURLToPath(new URL("./jco-worker.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [worker]);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/** One ratio; `ours` and `theirs` in microseconds. */
function row(name, against, ours, theirs, reach) {
  const note = `${ours.toFixed(3)} µs against ${theirs.toFixed(3)} µs`;
  return { name, against, ratio: ours / theirs, reach, note };
}
