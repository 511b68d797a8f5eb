import { SimulatedClock } from "@novywave/base";
import { expect, it } from "vitest";
import type { GrantRecord } from "../host/types.js";
import { Authoriser } from "./authorise.js";

const make = (folders: readonly string[] = []) => {
  const clock = new SimulatedClock();
  const audit: GrantRecord[] = [];
  const grant = {
    pluginId: "t.t",
    capabilities: new Set(["filesystem"] as const),
    folders,
    channels: new Set<string>(),
  };
  return { clock, audit, authoriser: new Authoriser(grant, "/", clock, (record) => audit.push(record)) };
};

it("R4.6 refusals that come too fast to be recorded one by one are counted, and the count is recorded", () => {
  const { clock, audit, authoriser } = make();
  for (let count = 0; count < 10_000; count++) authoriser.channel("x");
  expect(audit).toHaveLength(600);
  expect(authoriser.denied).toBe(10_000);
  clock.advance(1_000);
  authoriser.channel("one that counts");
  expect(audit.slice(600)).toMatchObject([
    { decision: "denied", reason: expect.stringContaining("9400 more") },
    { decision: "denied", scope: "one that counts" },
  ]);
  for (let count = 0; count < 100; count++) authoriser.channel("y");
  authoriser[Symbol.dispose]();
  expect(audit.at(-1)?.reason).toMatch(/^\d+ more were refused/);
});

it("R4.6 every grant is recorded, however many there are", () => {
  const folders = Array.from({ length: 2_000 }, (_, n) => `/f${n}`);
  const { audit, authoriser } = make(folders);
  authoriser.recordGrants();
  expect(audit).toHaveLength(2_001);
});
