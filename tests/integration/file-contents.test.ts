import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { WIT_FILES } from "@novywave/contract";
import { inspectArtifact } from "@novywave/plugin-host";
import { componentize } from "componentize-qjs";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { HostFixture } from "../../packages/plugin-host/src/testing/host-fixture.test.helper.js";
import { artifactOf, puppetBytes } from "../../packages/plugin-host/src/testing/puppet.test.helper.js";
import { repository } from "../support/novywave.js";

// A component of the JavaScript toolchain that reads files by way of wasi:filesystem, as a stranger would write it.

const manifest = (...capabilities: readonly string[]): string =>
  `id = "test.reader"\nversion = "1.0.0"\n${capabilities
    .map((name) => `[[capabilities]]\nname = "${name}"\nreason = "for the test"\n`)
    .join("")}`;

/** Answers with what each of the steps in its config gave: a value, or the error code. */
const source = `
import { getDirectories } from "wasi:filesystem/preopens@0.2.12";

const text = (bytes) => String.fromCharCode(...bytes);
const open = (folder, name, openFlags = {}, flags = { read: true }) =>
  folder.openAt({ symlinkFollow: true }, name, openFlags, flags);

function drain(stream) {
  let all = "";
  try {
    for (;;) all += text(stream.blockingRead(3));
  } catch (error) {
    return [all, (error.payload ?? error).tag];
  }
}

function names(folder) {
  const entries = folder.readDirectory();
  const found = [];
  for (let entry = entries.readDirectoryEntry(); entry; entry = entries.readDirectoryEntry())
    found.push([entry.name, entry.type]);
  return found;
}

const steps = {
  preopens: (folders) => folders.map(([, name]) => name),
  list: ([[folder]], name) => names(name === "." ? folder : open(folder, name)),
  read: ([[folder]], name) => {
    const [bytes, end] = open(folder, name).read(100, 0);
    return [text(bytes), end];
  },
  stream: ([[folder]], name) => drain(open(folder, name).readViaStream(1)),
  stat: ([[folder]], name) => {
    const { type, size, dataModificationTimestamp } = folder.statAt({ symlinkFollow: true }, name);
    return [type, Number(size), dataModificationTimestamp.seconds > 0];
  },
  below: ([[folder]], name) => names(open(open(folder, "sub", { directory: true }), name)),
  same: ([[folder]], name) =>
    open(folder, name).isSameObject(open(folder, "./sub/../" + name)) && !folder.isSameObject(open(folder, name)),
  changed: ([[folder]], name) => {
    const { upper, lower } = open(folder, name).metadataHash();
    const again = folder.metadataHashAt({}, name);
    return upper === again.upper && lower === again.lower;
  },
  create: ([[folder]], name) => open(folder, name, { create: true }),
  truncate: ([[folder]], name) => open(folder, name, { truncate: true }),
  openToWrite: ([[folder]], name) => open(folder, name, {}, { read: true, write: true }),
  write: ([[folder]], name) => open(folder, name).write(new Uint8Array(1), 0),
  append: ([[folder]], name) => open(folder, name).appendViaStream(),
  resize: ([[folder]], name) => open(folder, name).setSize(0),
  unlink: ([[folder]], name) => folder.unlinkFileAt(name),
  rename: ([[folder]], name) => folder.renameAt(name, folder, "b.txt"),
  makeDirectory: ([[folder]], name) => folder.createDirectoryAt(name),
  makeLink: ([[folder]], name) => folder.symlinkAt("a.txt", name),
  readLink: ([[folder]], name) => folder.readlinkAt(name),
};

export const smoke = {
  init(config) {
    const asked = JSON.parse(config.find(({ key }) => key === "steps").value);
    const folders = getDirectories();
    const answers = asked.map(([step, name]) => {
      try {
        return steps[step](folders, name);
      } catch (error) {
        return String(error.payload ?? error);
      }
    });
    return { version: "1.0.0", description: JSON.stringify(answers), capabilities: [] };
  },
  greet() {},
  shutdown() {},
};`;

let reader: Uint8Array;
beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "novywave-reader-"));
  try {
    const write = async (file: string, content: string): Promise<void> => {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    };
    for (const [file, content] of Object.entries(WIT_FILES)) await write(`deps/novywave/${file}`, content);
    for (const name of ["io", "clocks", "filesystem"]) {
      const wit = path.join(repository, `packages/plugin-host/wasi/${name}.wit`);
      await write(`deps/${name}/${name}.wit`, await readFile(wit, "utf8"));
    }
    await write(
      "world.wit",
      `package test:reader;
      world reader {
        import wasi:filesystem/preopens@0.2.12;
        export novywave:plugins/smoke@0.1.0;
      }`,
    );
    const options = { witPath: folder, world: "reader", sync: true, stubWasi: false, optSize: true };
    reader = (await componentize({ ...options, jsSource: source })).component;
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);

type Step = readonly [step: string, name?: string];

async function run(fixture: HostFixture, steps: readonly Step[], text: string): Promise<unknown> {
  const instance = await fixture.start(artifactOf(reader, text), { config: { steps } });
  await instance.shutdown();
  return JSON.parse(instance.metadata.description) as unknown;
}

describe.each(["in-process", "process"] as const)(
  "a plugin that reads files by way of WASI, through the transport %s",
  { timeout: 60_000 },
  (transport) => {
    async function open(): Promise<HostFixture> {
      const fixture = await HostFixture.open(transport);
      onTestFinished(() => fixture.close());
      const write = (name: string, text: string): Promise<void> =>
        writeFile(path.join(fixture.workspace, name), text);
      await mkdir(path.join(fixture.workspace, "sub"));
      await write("a.txt", "0123456789");
      await write("sub/b.txt", "b");
      const outside = `${fixture.workspace}-outside`;
      await mkdir(outside);
      onTestFinished(() => rm(outside, { recursive: true }));
      await writeFile(path.join(outside, "secret.txt"), "secret");
      await symlink(`${outside}/secret.txt`, path.join(fixture.workspace, "out.txt"));
      await symlink(outside, path.join(fixture.workspace, "out"));
      await symlink("a.txt", path.join(fixture.workspace, "in.txt"));
      return fixture;
    }

    it("lists and reads what is granted, if it was approved to", async () => {
      const fixture = await open();
      const answers: readonly (readonly [Step, unknown])[] = [
        [["preopens"], [".", fixture.workspace]],
        [
          ["list", "."],
          [
            ["a.txt", "regular-file"],
            ["in.txt", "regular-file"],
            ["sub", "directory"],
          ],
        ],
        [["list", "sub"], [["b.txt", "regular-file"]]],
        [
          ["read", "a.txt"],
          ["0123456789", true],
        ],
        [
          ["read", "sub/../in.txt"],
          ["0123456789", true],
        ],
        [
          ["stream", "a.txt"],
          ["123456789", "closed"],
        ],
        [
          ["stat", "a.txt"],
          ["regular-file", 10, true],
        ],
        [
          ["stat", "sub"],
          ["directory", 0, true],
        ],
        [["same", "a.txt"], true],
        [["changed", "a.txt"], true],
        [["read", "sub"], "is-directory"],
        [["list", "a.txt"], "not-directory"],
      ];
      const steps = answers.map(([step]) => step);
      expect(await run(fixture, steps, manifest("file-contents"))).toEqual(
        answers.map(([, answer]) => answer),
      );
      expect(fixture.audit.filter(({ decision }) => decision === "granted")).toMatchObject([
        { capability: "file-contents", scope: "" },
        { capability: "file-contents", scope: fixture.workspace },
      ]);
    });

    it("gets nothing from outside, and changes nothing", async () => {
      const fixture = await open();
      const secret = `${fixture.workspace}-outside/secret.txt`;
      const up = `../${path.basename(fixture.workspace)}-outside/secret.txt`;
      const refused: readonly (readonly [Step, string])[] = [
        [["read", "none.txt"], "no-entry"],
        [["read", "out.txt"], "no-entry"],
        [["read", "out/secret.txt"], "no-entry"],
        [["stream", "out.txt"], "no-entry"],
        [["stat", "out"], "no-entry"],
        [["list", "out"], "no-entry"],
        [["read", up], "not-permitted"],
        [["read", `sub/../${up}`], "not-permitted"],
        [["read", secret], "not-permitted"],
        [["read", "/etc/passwd"], "not-permitted"],
        [["stat", ".."], "not-permitted"],
        [["below", ".."], "not-permitted"],
        [["read", ""], "no-entry"],
        [["read", "a.txt/x"], "no-entry"],
        [["readLink", "in.txt"], "invalid"],
        [["readLink", "out"], "no-entry"],
        ...["create", "truncate", "openToWrite", "write", "append", "resize", "unlink", "rename"].map(
          (step) => [[step, "a.txt"], "read-only"] as const,
        ),
        [["makeDirectory", "new"], "read-only"],
        [["makeLink", "new"], "read-only"],
      ];
      const steps = refused.map(([step]) => step);
      expect(await run(fixture, steps, manifest("file-contents"))).toEqual(refused.map(([, code]) => code));
      expect(fixture.audit).toContainEqual(
        expect.objectContaining({ decision: "outside", capability: "file-contents", target: secret }),
      );
      expect(await readFile(path.join(fixture.workspace, "a.txt"), "utf8")).toBe("0123456789");
    });

    it("has no folder if its manifest does not ask, and does not start if that was not granted", async () => {
      const fixture = await open();
      expect(await run(fixture, [["preopens"]], manifest())).toEqual([[]]);
      expect(fixture.audit).toEqual([]);
      const asking = artifactOf(reader, manifest("file-contents"));
      expect(await fixture.startFailure(asking, { capabilities: [] })).toMatchObject({
        code: "missing-capability",
        details: { capability: "file-contents" },
      });
    });
  },
);

describe("the manifest's `file-contents`", () => {
  it("is what a person is asked for, beside all else", () => {
    const inspected = inspectArtifact(artifactOf(reader, manifest("file-contents")));
    expect(inspected).toMatchObject({ ok: true, value: { requests: ["file-contents"], uses: [] } });
  });

  it("is refused where the component cannot read by way of WASI", async () => {
    const puppet = artifactOf(await puppetBytes(["logging"]), manifest("logging", "file-contents"));
    expect(inspectArtifact(puppet)).toMatchObject({
      ok: false,
      error: { code: "incompatible", message: expect.stringContaining("wasi:filesystem/preopens") },
    });
  });
});
