import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childFrame, decodeFrame, FrameReader, sealFrame, writeChildFrame } from "./frames.js";
import { SpareMemory } from "./spare-memory.js";

function read(chunks: readonly Uint8Array[], maxBody = 1_000, spare = new SpareMemory()) {
  const messages: unknown[] = [];
  const broken: string[] = [];
  const reader = FrameReader.ofChild(() => maxBody, spare, {
    onFrame: (got) => {
      messages.push(decodeFrame(got));
      spare.give(got.body.buffer);
    },
    onBroken: (what) => broken.push(what),
  });
  for (const chunk of chunks) reader.push(chunk);
  return { messages, broken };
}

describe("frames", () => {
  it("are the same in whatever pieces they arrive", () => {
    const whole = Buffer.concat([
      writeChildFrame("ready", 0, {}),
      writeChildFrame("exited", 7, { reason: "é", outOfMemory: false }),
      writeChildFrame("loaded", 2 ** 32 - 1, { memoryBytes: 65_536 }),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        expect(read(chunks)).toEqual({
          messages: [
            { type: "ready" },
            { type: "exited", instance: 7, reason: "é", outOfMemory: false },
            { type: "loaded", instance: 2 ** 32 - 1, memoryBytes: 65_536 },
          ],
          broken: [],
        });
      }),
    );
  });

  it("that are too large are refused by their header, before anything of them is kept", () => {
    const huge = writeChildFrame("result", 1, {});
    huge.fill(0xff, 0, 4);
    const { messages, broken } = read([huge, writeChildFrame("ready", 0, {})]);
    expect(broken).toEqual(["a message of 4294967295 bytes, more than 1000"]);
    expect(messages).toEqual([]);
  });

  it("of an unknown type are refused", () => {
    const strange = writeChildFrame("ready", 0, {});
    strange[4] = 99;
    expect(read([strange]).broken).toEqual(["a message of an unknown type"]);
  });

  it("cannot name their type or instance a second time in the body", () => {
    const { messages } = read([writeChildFrame("exited", 3, { type: "ready", instance: 9 })]);
    expect(messages).toEqual([{ type: "exited", instance: 3 }]);
  });

  it("of a worker are of the instance and the length that the supervisor says", () => {
    const lying = writeChildFrame("loaded", 99, { memoryBytes: 1 });
    lying[0] = 1;
    const sealed = sealFrame(lying, 12);
    expect(sealed?.type).toBe("loaded");
    expect(read(sealed ? [sealed.written] : []).messages).toEqual([
      { type: "loaded", instance: 12, memoryBytes: 1 },
    ]);
  });

  it.each(["ready", "compiled", "exited"] as const)("%s is nothing that a worker may say", (type) => {
    expect(sealFrame(writeChildFrame(type, 0, {}), 12)).toBeUndefined();
  });

  it("shorter than their header are none", () => {
    expect(sealFrame(new Uint8Array(8), 12)).toBeUndefined();
    expect(sealFrame(Uint8Array.from([0, 0, 0, 0, 99, 0, 0, 0, 0]), 12)).toBeUndefined();
  });

  it("that are large go through the same memory one after the other, and show nothing of each other", () => {
    const spare = new SpareMemory();
    const texts = ["a".repeat(300_000), "b".repeat(200_000), "é".repeat(120_000), "c".repeat(70_000)];
    const frames = texts.map((reason) => writeChildFrame("exited", 1, { reason }));
    const { messages, broken } = read(frames, 2 ** 20, spare);
    expect(broken).toEqual([]);
    expect(messages).toEqual(texts.map((reason) => ({ type: "exited", instance: 1, reason })));
    // The memory of the largest is what is kept.
    expect(spare.take()?.byteLength).toBeGreaterThan(300_000);
    expect(spare.take()).toBeUndefined();
  });

  it("are written into memory that is there if they fit, and elsewhere if not", () => {
    const memory = new ArrayBuffer(100_000);
    const fits = writeChildFrame("exited", 1, { reason: "x".repeat(90_000) }, memory);
    expect(fits.buffer).toBe(memory);
    const reason = "é".repeat(90_000);
    const longer = writeChildFrame("exited", 1, { reason }, memory);
    expect(longer.buffer).not.toBe(memory);
    expect(decodeFrame(childFrame(longer))).toEqual({ type: "exited", instance: 1, reason });
  });
});
