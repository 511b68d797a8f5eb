import { WIT } from "@novywave/contract";
import { describe, expect, it } from "vitest";
import { artifactOf, dummyBytes, puppetBytes, withCustomSection } from "../testing/puppet.test.helper.js";
import { inspectArtifact } from "./inspect-artifact.js";
import { surveyArtifact } from "./survey-artifact.js";

const own = (world: string): Promise<Uint8Array> => dummyBytes(`${WIT}\nworld made { ${world} }`, "made");
const manifest = (...names: string[]): string =>
  `id = "a.b"\nversion = "1.2.3"\n${names.map((name) => `[[capabilities]]\nname = "${name}"\nreason = "r"\n`).join("")}`;

const inspected = (bytes: Uint8Array, beside?: string) => {
  const result = inspectArtifact(artifactOf(bytes, beside));
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
};
const failure = (bytes: Uint8Array, beside?: string) => {
  const result = inspectArtifact(artifactOf(bytes, beside));
  if (result.ok) throw new Error("it was accepted");
  return result.error;
};

describe("inspecting an artifact", () => {
  it("R6.6 the world is chosen from imports and exports, whatever the id says", async () => {
    expect(inspected(await own("export lifecycle;")).world).toBe("plugin");
    expect(inspected(await own("export smoke;"), manifest()).world).toBe("smoke");
  });

  it("exports of toolchains are tolerated", async () => {
    const found = inspected(await own("export smoke; export other: func(n: u32) -> u32;"));
    expect(found.world).toBe("smoke");
    expect(found.exports).toContain("other");
  });

  it("a component that is no plugin, or two at once, is incompatible", async () => {
    expect(failure(await own("export other: func();"))).toMatchObject({ code: "incompatible" });
    expect(failure(await own("export smoke; export lifecycle;"))).toMatchObject({ code: "incompatible" });
  });

  it("R4.7 of WASI there are no sockets: the message names the import", async () => {
    const wasi = "package wasi:sockets@0.2.3 { interface network { get: func() -> u32; } }";
    const bytes = await dummyBytes(
      `package a:b;\n${wasi}\nworld made { import wasi:sockets/network@0.2.3; export x: func(); }`,
      "made",
    );
    const { code, message } = failure(bytes);
    expect(code).toBe("incompatible");
    expect(message).toContain("wasi:sockets/network@0.2.3");
  });

  it("an import that nobody offers is named", async () => {
    expect(failure(await own("import other: func(); export smoke;")).message).toContain("imports `other`");
  });

  it("the version of the contract must be compatible", async () => {
    const newer = WIT.replaceAll("@0.1.0", "@0.2.0");
    const bytes = await dummyBytes(`${newer}\nworld made { import timer; export lifecycle; }`, "made");
    const { code, message } = failure(bytes);
    expect(code).toBe("incompatible");
    expect(message).toContain("0.1.0");
    const patch = WIT.replaceAll("@0.1.0", "@0.1.4");
    const found = inspected(
      await dummyBytes(`${patch}\nworld made { import timer; export lifecycle; }`, "made"),
    );
    expect(found.links).toEqual([
      { import: "novywave:plugins/timer@0.1.4", interface: "timer", functions: ["schedule-tick"] },
    ]);
  });

  it("a function of a newer host is named before anything runs", async () => {
    const newer = WIT.replaceAll("@0.1.0", "@0.1.4").replace(
      "interface timer {",
      "interface timer { cancel: func();",
    );
    const { message } = failure(
      await dummyBytes(`${newer}\nworld made { import timer; export lifecycle; }`, "made"),
    );
    expect(message).toContain("timer@0.1.4#cancel");
  });

  it("a function whose type differs is incompatible, not a trap later", async () => {
    const other = WIT.replace("schedule-tick: func(delay-ms: u32)", "schedule-tick: func(delay-ms: string)");
    const { code, message } = failure(
      await dummyBytes(`${other}\nworld made { import timer; export lifecycle; }`, "made"),
    );
    expect(code).toBe("incompatible");
    expect(message).toContain("schedule-tick");
    const init = WIT.replaceAll("init: func(config: config-data)", "init: func(config: string)");
    expect(failure(await dummyBytes(`${init}\nworld made { export lifecycle; }`, "made")).message).toContain(
      "init",
    );
  });

  it("R4.6 a component that imports what its manifest does not ask for is incompatible", async () => {
    const { code, message } = failure(
      await own("import timer; import logging; export lifecycle;"),
      manifest("logging"),
    );
    expect(code).toBe("incompatible");
    expect(message).toContain("`timer`");
  });

  it("a manifest that asks for what the component does not import is incompatible: a person would approve too much", async () => {
    const { code, message } = failure(
      await own("import logging; export lifecycle;"),
      manifest("logging", "filesystem"),
    );
    expect(code).toBe("incompatible");
    expect(message).toContain("`filesystem`, which the component does not import");
  });

  it("a survey tells all of what is wrong, and what is right", async () => {
    const bytes = await own("import other: func(); import timer; export smoke;");
    const survey = surveyArtifact(artifactOf(bytes, manifest("logging")));
    if (!survey.ok) throw new Error(survey.error.message);
    expect(survey.value.imports).toMatchObject([
      { kind: "offered", capability: "timer", functions: ["schedule-tick"] },
      { kind: "types", name: "novywave:plugins/types@0.1.0" },
      { kind: "refused", name: "other" },
    ]);
    expect(survey.value.world).toMatchObject({ world: "smoke" });
    expect(survey.value.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("imports `other`"),
      expect.stringContaining("imports `timer`"),
      expect.stringContaining("asks for `logging`"),
    ]);
  });

  it("two manifests in one artifact are none", async () => {
    const bytes = withCustomSection(await own("export smoke;"), "novywave:manifest", manifest());
    expect(failure(withCustomSection(bytes, "novywave:manifest", manifest()))).toMatchObject({
      code: "manifest-invalid",
    });
  });

  it("without a manifest the imports are the requests", async () => {
    const found = inspected(await own("import timer; import watch; export lifecycle;"));
    expect(found.manifest.source).toBe("imports");
    expect(found.requests).toEqual(["watch", "timer"]);
  });

  it("an embedded manifest wins over the one beside", async () => {
    const bytes = await own("export smoke;");
    const beside = manifest().replace("a.b", "c.d");
    expect(inspected(bytes, beside).manifest).toMatchObject({ id: "c.d", source: "beside" });
    const embedded = withCustomSection(bytes, "novywave:manifest", manifest());
    expect(inspected(embedded, beside).manifest).toMatchObject({
      id: "a.b",
      version: "1.2.3",
      source: "embedded",
    });
    expect(failure(withCustomSection(bytes, "novywave:manifest", "id = 1"))).toMatchObject({
      code: "manifest-invalid",
    });
  });

  it("says what it is made of: WIT, producers, hash, size", async () => {
    const bytes = await puppetBytes(["logging"]);
    const found = inspected(bytes);
    expect(found.wit).toContain("novywave:plugins/logging@0.1.0");
    expect(found.wit).toContain("novywave:plugins/lifecycle@0.1.0");
    expect(found.producers).toContainEqual(
      expect.objectContaining({ field: "processed-by", name: "wit-component" }),
    );
    expect(found.size).toBe(bytes.length);
    expect(found.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("bytes cut off or changed anywhere are a failure, never an exception", async () => {
    const bytes = await puppetBytes(["logging"]);
    for (let end = 0; end < bytes.length; end += 97) {
      const result = inspectArtifact({
        path: "cut",
        place: "cut",
        bytes: bytes.subarray(0, end),
        sha256: "",
        size: end,
      });
      // A cut between two sections leaves a component that lacks its exports.
      if (result.ok) throw new Error(`cut at ${end} was accepted`);
    }
    const answers = new Set<string>();
    for (let at = 8; at < bytes.length; at += 61) {
      const changed = bytes.slice();
      changed[at] = 0xff;
      const result = inspectArtifact({
        path: "changed",
        place: "changed",
        bytes: changed,
        sha256: "",
        size: changed.length,
      });
      answers.add(result.ok ? "" : result.error.message);
    }
    // Each is looked at, also where the hash that came with it is no hash.
    expect(answers.size).toBeGreaterThan(10);
  });
});
