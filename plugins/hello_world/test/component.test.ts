import { buildArtifact, runPlugin, type PluginRun } from "@novywave/plugin-sdk/testing";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

describe("the hello_world component", () => {
  let artifact: Uint8Array;
  let run: PluginRun | undefined;
  beforeAll(async () => {
    artifact = await buildArtifact(new URL("..", import.meta.url));
  }, 60_000);
  afterEach(() => run?.dispose());

  it("R7.1 runs init, greet and shutdown without any capability", async () => {
    run = await runPlugin({ artifact, config: { greeting: "the lab" } });
    expect(run.metadata).toMatchObject({
      version: "0.1.0",
      description: "Hello from the lab",
      capabilities: [],
    });
    await run.greet();
    await run.greet();
    expect([run.audit, run.logs, run.events]).toEqual([[], [], []]);
    expect(run.failure).toBeUndefined();
  });

  it("R9.4 supplies a JSON Schema that describes its greeting", async () => {
    run = await runPlugin({ artifact });
    expect(JSON.parse(run.metadata.configSchema ?? "")).toMatchObject({
      properties: { greeting: { type: "string", default: "NovyWave" } },
    });
  });

  it("R9.3 does not start with a greeting that is no text", async () => {
    await expect(runPlugin({ artifact, config: { greeting: 7 } })).rejects.toThrow(/greeting/);
  });
});
