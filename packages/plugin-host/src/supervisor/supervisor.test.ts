import { SimulatedClock } from "@novywave/base";
import { expect, it } from "vitest";
import { childFrame, decodeFrame, serverFrame, writeServerFrame } from "../wire/frames.js";
import { Supervisor } from "./supervisor.js";
import { WorkerProgram } from "./worker-program.js";

it("where no thread can be started the plugin ends, and its process does not", async () => {
  const said: unknown[] = [];
  const clock = new SimulatedClock();
  // An address that no thread can be started from fails as at once as a system without threads does.
  const supervisor = new Supervisor(
    new WorkerProgram(new URL("https://localhost/worker.js"), { file: "", source: "" }),
    (frame) => said.push(decodeFrame(childFrame(frame))),
    clock,
  );
  const message = {
    type: "start",
    instance: 7,
    sha256: "0",
    bytes: new Uint8Array(1),
    links: [],
    exportName: "e",
    limits: { memoryBytes: 65_536, liftedBytes: 1 },
  } as const;
  supervisor.receive(serverFrame(writeServerFrame(message)));
  clock.advance(1_000);
  expect(said).toEqual([
    {
      type: "exited",
      instance: 7,
      reason: expect.stringMatching(/^no thread could be started: /) as unknown,
      outOfMemory: false,
    },
  ]);
  await supervisor.dispose();
});
