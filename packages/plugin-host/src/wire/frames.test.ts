import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "./codec.js";
import { childHeader, decodeFrame, FrameReader, type ChildType, type Frame } from "./frames.js";

const frame = (type: ChildType, instance: number, fields: object): Frame<ChildType> => ({
  type,
  instance,
  body: encode(fields),
});

const written = (frames: readonly Frame<ChildType>[]): Buffer =>
  Buffer.concat(frames.flatMap((one) => [childHeader(one), one.body]));

function read(chunks: readonly Uint8Array[], maxBody = 1_000) {
  const messages: unknown[] = [];
  const broken: string[] = [];
  const reader = FrameReader.ofChild(() => maxBody, {
    onFrame: (got) => messages.push(decodeFrame(got)),
    onBroken: (what) => broken.push(what),
  });
  for (const chunk of chunks) reader.push(chunk);
  return { messages, broken };
}

describe("frames", () => {
  it("are the same in whatever pieces they arrive", () => {
    const frames = [
      frame("ready", 0, {}),
      frame("exited", 7, { reason: "é", outOfMemory: false }),
      frame("loaded", 2 ** 32 - 1, { memoryBytes: 65_536 }),
    ];
    const whole = written(frames);
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
    const huge = childHeader({ type: "result", instance: 1, body: new Uint8Array(0) });
    huge.writeUInt32LE(2 ** 32 - 1, 0);
    const { messages, broken } = read([huge, written([frame("ready", 0, {})])]);
    expect(broken).toEqual(["a message of 4294967295 bytes, more than 1000"]);
    expect(messages).toEqual([]);
  });

  it("of an unknown type are refused", () => {
    const strange = written([frame("ready", 0, {})]);
    strange.writeUInt8(99, 4);
    expect(read([strange]).broken).toEqual(["a message of an unknown type"]);
  });

  it("cannot name their type or instance a second time in the body", () => {
    const { messages } = read([written([frame("exited", 3, { type: "ready", instance: 9 })])]);
    expect(messages).toEqual([{ type: "exited", instance: 3 }]);
  });
});
