import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspectArtifact, type InspectedArtifact } from "../artifact/inspect-artifact.js";
import { HostFixture } from "../testing/host-fixture.test.helper.js";
import { artifactOf, dummyBytes } from "../testing/puppet.test.helper.js";
import { adapterArguments } from "./arguments.js";
import { adapterNames, adapterWorld, capabilitiesOfAll, hostFunctions, hostInterface } from "./world.js";

const watcher = (imports: string, exports: string): string => `
  package novywave:reload-watcher;
  interface host { ${imports} }
  interface other { nothing: func(); }
  world plugin { import host; ${exports} }`;
const exported = `export init: func(); export refresh-opened-files: func();
  export watched-files-changed: func(paths: list<string>); export shutdown: func();`;

async function inspected(wit: string, world = "plugin"): Promise<InspectedArtifact> {
  const found = inspectArtifact(artifactOf(await dummyBytes(wit, world)));
  if (!found.ok) throw new Error(`${found.error.code}: ${found.error.message}`);
  return found.value;
}

describe("R4.6 a component of NovyWave 0.2 is linked when all that its functions need is granted", () => {
  let fixture: HostFixture;
  beforeEach(async () => {
    fixture = await HostFixture.open("in-process");
  });
  afterEach(() => fixture.close());

  const needs = adapterNames.flatMap((name) =>
    capabilitiesOfAll(name, hostFunctions(name)).map((capability) => ({ name, capability })),
  );
  it.each(needs)("$name, which needs $capability", async ({ name, capability }) => {
    const file = new URL(`../../adapters/${name}.wit`, import.meta.url);
    const artifact = artifactOf(await dummyBytes(await readFile(file, "utf8"), "plugin"));
    const needed = capabilitiesOfAll(name, hostFunctions(name));
    expect(
      await fixture.startFailure(artifact, { capabilities: needed.filter((other) => other !== capability) }),
    ).toMatchObject({ code: "missing-capability", details: { capability } });
    // Linked, it runs: every function of a dummy traps, `init` first.
    expect(await fixture.startFailure(artifact, { capabilities: needed })).toMatchObject({
      code: "trap",
      export: "init",
    });
  });
});

describe("the worlds of plugins published for NovyWave 0.2", () => {
  it("are those of adapters/*.wit", { timeout: 60_000 }, () => {
    const generator = fileURLToPath(new URL("../../generate-adapters.js", import.meta.url));
    execFileSync(process.execPath, [generator, "--check"]);
  });

  it.each(adapterNames)("%s: each function of its host has its needs and its arguments", (name) => {
    const functions = adapterWorld(name).imports.flatMap((item) =>
      item.kind === "instance" && item.name === hostInterface(name)
        ? item.type.functions.map((func) => func.name)
        : [],
    );
    expect([...functions].sort()).toEqual([...hostFunctions(name)].sort());
    expect(Object.keys(adapterArguments)).toEqual(expect.arrayContaining([...functions]));
  });

  it("are recognised from what is imported; capabilities and channels come from the functions", async () => {
    const found = await inspected(
      watcher(
        "get-opened-files: func() -> list<string>; reload-waveform-files: func(paths: list<string>);",
        exported,
      ),
    );
    expect(found).toMatchObject({
      world: "reload-watcher",
      exportName: "",
      uses: ["filesystem", "relay"],
      requests: ["filesystem", "relay"],
      manifest: {
        channels: ["refresh-timeline"],
        source: "imports",
        capabilities: [
          {
            name: "filesystem",
            reason: expect.stringContaining("imports `get-opened-files`; it has no manifest"),
          },
          { name: "relay", reason: expect.stringContaining("imports `reload-waveform-files`;") },
        ],
      },
      links: [
        {
          import: "novywave:reload-watcher/host",
          interface: "reload-watcher",
          functions: ["get-opened-files", "reload-waveform-files"],
        },
      ],
    });
  });

  it.each([
    ["hello-world", "export init: func(); export shutdown: func();"],
    ["reload-watcher", exported],
    [
      "files-discovery",
      `export init: func(); export refresh-opened-files: func();
       export paths-discovered: func(paths: list<string>); export shutdown: func();`,
    ],
  ])("%s is recognised from what is exported where nothing is imported", async (world, exports) => {
    const found = await inspected(`package test:silent; world plugin { ${exports} }`);
    expect(found).toMatchObject({ world, uses: [], links: [] });
  });

  it("are compared with what is there, function by function", async () => {
    await expect(inspected(watcher("reload-waveform-files: func(paths: string);", exported))).rejects.toThrow(
      /incompatible: .*novywave:reload-watcher\/host#reload-waveform-files/,
    );
    await expect(inspected(watcher("format-disk: func();", exported))).rejects.toThrow(/format-disk/);
    await expect(
      inspected(watcher("log-info: func(message: string);", "export init: func(); export shutdown: func();")),
    ).rejects.toThrow(/does not export `refresh-opened-files`/);
  });

  it("do not mix, neither with each other nor with the contract", async () => {
    const mixed = `package test:mixed;
      package novywave:hello-world { interface host { log-info: func(message: string); } }
      package novywave:reload-watcher { interface host { log-info: func(message: string); } }
      world plugin {
        import novywave:hello-world/host; import novywave:reload-watcher/host; ${exported}
      }`;
    await expect(inspected(mixed)).rejects.toThrow(/imports both .*a plugin of NovyWave 0\.2 has one/);
    const contract = `package test:mixed;
      package novywave:plugins@0.1.0 { interface logging { log: func(message: string); } }
      world plugin { import novywave:plugins/logging@0.1.0; ${exported} }`;
    await expect(inspected(contract)).rejects.toThrow(/novywave:plugins\/logging@0\.1\.0/);
  });
});
