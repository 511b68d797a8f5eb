import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ReadFailure } from "../failure.js";
import { readWaveformFile } from "../read-waveform.js";
import { GunzipSource } from "./gunzip-source.js";
import { unpackToFile } from "./unpacked-file.js";

const REPOSITORY = join(import.meta.dirname, "../../../..");

/** Bytes that do not repeat, more than the ring between the threads holds. */
const content = Uint8Array.from({ length: 5 << 20 }, (_, i) => (Math.imul(i, i >>> 7) + (i >>> 11)) & 255);
const packed = gzipSync(content);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "novywave-gunzip-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function readAll(source: GunzipSource, step = 100_000): Uint8Array {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = new Uint8Array(step);
    const count = source.read(part, 0, step);
    if (count === 0) break;
    parts.push(part.subarray(0, count));
  }
  return new Uint8Array(Buffer.concat(parts));
}

describe("gzip data", () => {
  it("is unpacked in order, also where it starts in the middle of a file and has several members", () => {
    const bytes = Buffer.concat([Buffer.from("before"), packed, gzipSync("after"), Buffer.alloc(40)]);
    const source = new GunzipSource(bytes, 6, bytes.length);
    const all = readAll(source);
    source.close();
    expect(Buffer.from(all.subarray(0, content.length)).equals(content)).toBe(true);
    expect(Buffer.from(all.subarray(content.length)).toString()).toBe("after");
    expect(source.cut).toBe(false);
    expect(source.packedRead).toBe(bytes.length - 6);
  });

  it("that ends too early gives what was there, and says so", () => {
    for (const end of [0, 1, 12, 5_000, packed.length - 9, packed.length - 1]) {
      const source = new GunzipSource(packed, 0, end);
      const all = readAll(source);
      source.close();
      expect(Buffer.from(all).equals(content.subarray(0, all.length))).toBe(true);
      expect(source.cut || end === 0).toBe(true);
    }
  });

  it("that is damaged is an error", () => {
    const damaged = Uint8Array.from(packed);
    damaged.fill(0x55, 100_000, 100_400);
    const source = new GunzipSource(damaged, 0, damaged.length);
    expect(() => readAll(source)).toThrow(ReadFailure);
    source.close();
  });

  it("can be read anywhere, from memory or from a temporary file that has no name", () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("novywave-")).length;
    for (const inMemory of [64 << 20, 1 << 20]) {
      const source = new GunzipSource(packed, 0, packed.length);
      const file = unpackToFile(source, packed.length, () => undefined, inMemory);
      source.close();
      expect(typeof file.content).toBe(inMemory > content.length ? "object" : "number");
      expect(file.size).toBe(content.length);
      for (const at of [0, 1_000_000, content.length - 10]) {
        const part = file.bytesAt(at, 5_000);
        expect(Buffer.from(part).equals(content.subarray(at, at + 5_000))).toBe(true);
      }
      expect(file.bytesAt(content.length + 5, 10)).toHaveLength(0);
      file.close();
    }
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("novywave-")).length).toBeLessThanOrEqual(
      before + 1,
    );
  });

  it("that would fill the disk is refused", () => {
    const bomb = gzipSync(new Uint8Array(20 << 20));
    const source = new GunzipSource(bomb, 0, bomb.length);
    expect(() => unpackToFile(source, bomb.length, () => undefined, 1 << 20)).toThrow(/more than 100 times/);
    source.close();
  });
});

describe("a waveform in gzip", () => {
  it.each(["uart/uart.vcd", "uart/uart.fst", "alu/deep/er/alu.ghw"])(
    "%s is read as it is without",
    async (name) => {
      const plain = readFileSync(join(REPOSITORY, "test_files", name));
      const path = join(folder, "wave");
      writeFileSync(path, gzipSync(plain));
      const progress: number[] = [];
      const zipped = await readWaveformFile(path, {
        onProgress: ({ bytesRead }) => progress.push(bytesRead),
      });
      const own = await readWaveformFile(join(REPOSITORY, "test_files", name));
      expect({ ...zipped.info, bytes: 0 }).toEqual({ ...own.info, bytes: 0 });
      expect(zipped.info.bytes).toBe(gzipSync(plain).length);
      expect(Math.max(...progress)).toBeLessThanOrEqual(zipped.info.bytes);
      zipped.close();
      own.close();
    },
  );

  it("VCD that is cut off gives what is there, with a warning", async () => {
    const whole = gzipSync(readFileSync(join(REPOSITORY, "test_files/uart/uart.vcd")));
    const path = join(folder, "wave");
    writeFileSync(path, whole.subarray(0, whole.length - 3_000));
    const { info, close } = await readWaveformFile(path);
    close();
    expect(info.warning).toMatchObject({ code: "truncated" });
    expect(info.variables).toBe(36);
    expect(info.end).toBeGreaterThan(0n);
  });
});
