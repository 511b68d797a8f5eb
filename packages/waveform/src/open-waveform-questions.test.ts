import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { vectorsOfBits } from "./derived/vectors-of-bits.js";
import { decodeChanges } from "./format/decode-changes.js";
import { decodeColumns } from "./format/decode-columns.js";
import { digitsOf } from "./format/packed-value.js";
import { openWaveform, type Waveform } from "./open-waveform.js";

const TEST_FILES = new URL("../../../test_files/", import.meta.url).pathname;

const opened: Waveform[] = [];
afterEach(() => {
  for (const waveform of opened.splice(0)) waveform[Symbol.dispose]();
});

async function open(name: string, memoryBudget?: number): Promise<Waveform> {
  const result = await openWaveform(join(TEST_FILES, name), { memoryBudget });
  if (!result.ok) throw new Error(result.error.message);
  opened.push(result.value);
  return result.value;
}

async function signalOf(waveform: Waveform, name: string): Promise<number> {
  const [variable] = await waveform.resolve([name]);
  if (variable === undefined) throw new Error(`there is no ${name}`);
  return variable.signal;
}

// In memory, read from the file when looked at, and given up again for want of memory.
describe.each([
  ["uart/uart.vcd", undefined],
  ["uart/uart.vcd", 1],
  ["uart/uart.fst", undefined],
] as const)("questions about %s with a budget of %s", (name, budget) => {
  it("about values, changes and extremes are answered by its thread", async () => {
    const waveform = await open(name, budget);
    const state = await signalOf(waveform, "uart_tb.tx_unit.state[1:0]");
    const end = waveform.info.end + 1n;
    const next = await waveform.findValue({ signal: state, value: "10", time: 0n, direction: "next" });
    expect(await waveform.values([state], next ?? -1n)).toEqual(["10"]);
    expect(await waveform.values([state], (next ?? 0n) - 1n)).not.toEqual(["10"]);
    const count = await waveform.countChanges({ signal: state, start: 0n, end });
    const changes = decodeChanges(await waveform.changes({ signal: state, start: 0n, end, limit: 65_536 }));
    expect(changes.times.length).toBe(count);
    expect(await waveform.extremes({ signal: state, start: 0n, end })).toEqual({ min: 0, max: 3 });
  });

  it("about derived signals are answered as about any other", async () => {
    const waveform = await open(name, budget);
    const bus = await signalOf(waveform, "uart_tb.bus[15:0]");
    const clk = await signalOf(waveform, "uart_tb.clk");
    const { signal, width } = await waveform.derive({
      kind: "concat",
      parts: [
        { kind: "slice", of: bus, high: 3, low: 0 },
        clk,
        { kind: "slice", of: bus, high: 15, low: 12 },
      ],
    });
    expect(width).toBe(9);
    // Others are looked at in between, so that what was loaded may go.
    const others = await waveform.variables({ offset: 0, limit: 100 });
    for (const time of [0n, 5_000_000n, 7_777_777n, waveform.info.end]) {
      await waveform.values(
        others.items.map((variable) => variable.signal),
        time,
      );
      const [made] = await waveform.values([signal], time);
      const [whole, tick] = await waveform.values([bus, clk], time);
      expect(made).toBe(`${String(whole).slice(12)}${String(tick)}${String(whole).slice(0, 4)}`);
    }
    const query = {
      start: 0n,
      end: waveform.info.end + 1n,
      columns: 50,
      rows: [{ signal }, { signal: clk }],
    };
    const [row] = decodeColumns(await waveform.columns(query)).rows;
    const last = row?.value(row.last[49] ?? 0);
    expect(last?.kind === "bits" ? digitsOf(last) : undefined).toBe(
      (await waveform.values([signal], waveform.info.end))[0],
    );
    await expect(waveform.derive({ kind: "concat", parts: [] })).rejects.toThrow(/at least one part/);
    expect(vectorsOfBits(others.items)).toEqual([]);
  });
});
