import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exportVcdFile } from "./export-file.js";
import type { Selection } from "./select-variables.js";

const REPOSITORY = join(import.meta.dirname, "../../..");
const UART = "test_files/uart/uart";
const FIXTURES = "tests/fixtures/waveforms";

const folder = mkdtempSync(join(tmpdir(), "export-batches-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("what does not fit into memory at once is written as if it did", () => {
  it.each<[string, number, Selection]>([
    [`${UART}.fst`, 1, {}],
    [`${UART}.fst`, 4_000, {}],
    [`${UART}.fst`, 0, {}],
    [`${UART}.fst`, 1, { from: "1us", to: "7us" }],
    [`${UART}.fst`, 1, { scope: "uart_tb", from: "1us" }],
    [`${FIXTURES}/fst/features_zlib.fst`, 1, {}],
    [`${FIXTURES}/fst/blocks.fst`, 1, { from: "100000", to: "150000" }],
    [`${UART}.vcd`, 1, {}],
    [`${FIXTURES}/kinds.vcd`, 1, {}],
    [`${FIXTURES}/kinds.vcd`, 1, { from: "3" }],
  ])("%s, %i bytes at a time, %j", async (file, memoryBudget, selection) => {
    const path = join(REPOSITORY, file);
    const [whole, parts] = [join(folder, "whole.vcd"), join(folder, "parts.vcd")];
    const expected = await exportVcdFile(path, whole, { selection });
    const { info: _info, ...result } = await exportVcdFile(path, parts, { selection, memoryBudget });
    expect(readFileSync(parts, "latin1")).toBe(readFileSync(whole, "latin1"));
    expect(result).toEqual({
      bytes: expected.bytes,
      variables: expected.variables,
      transitions: expected.transitions,
    });
    expect(readdirSync(folder).sort()).toEqual(["parts.vcd", "whole.vcd"]);
  });
});
