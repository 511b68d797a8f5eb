import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { CommandFailure } from "../../exit.js";
import { print, printJson } from "../../output.js";

interface Flags {
  readonly json?: true;
}

/** `plugins new ID` */
export function newCommand(): Command {
  return new Command("new")
    .description("Begin a plugin in TypeScript: a folder with a manifest, its code and a test.")
    .argument("<id>", "lower-case words with a dot, such as acme.linter; the folder gets the last of them")
    .addOption(new Option("--json", "print what was written as JSON"))
    .addHelpText(
      "after",
      `
It is a plugin that runs: change it from there. Nothing has to be installed in its folder.

Example:
  novywave plugins new acme.linter`,
    )
    .action(async (id: string, flags: Flags) => {
      const name = nameOf(id);
      const files = await writePlugin(resolve(name), id);
      if (flags.json) printJson({ id, folder: resolve(name), files });
      else
        print(`${name}/ has ${files.join(", ")} now. Next:
  novywave plugins test ${name}     builds it and runs its test
  novywave plugins build ${name}    makes the artifact, and says what to do with it
  novywave plugins watch ${name}    builds it at every change`);
    });
}

function nameOf(id: string): string {
  if (id.length <= 128 && /^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)+$/.test(id))
    return id.slice(id.lastIndexOf(".") + 1);
  throw new CommandFailure(
    "id-invalid",
    `"${id}" is no id of a plugin: use lower-case words with a dot, such as acme.linter.`,
  );
}

/** Their paths in the folder, which must not exist. */
async function writePlugin(folder: string, id: string): Promise<readonly string[]> {
  await mkdir(folder).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure("folder-not-made", `The folder ${folder} cannot be made: ${reason}`);
  });
  const files = { "Plugin.toml": manifest(id), "src/index.ts": source, "test/init.test.ts": test };
  for (const part of ["src", "test"]) await mkdir(join(folder, part));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return Object.keys(files);
}

const manifest = (id: string): string => `id = "${id}"
version = "0.1.0"
description = "Counts waveform files"
authors = ["You"]
license = "MIT"

[[capabilities]]
name = "filesystem"
reason = "Counts the waveform files of the workspace"

[[capabilities]]
name = "logging"
reason = "Says which files it found"
`;

const source = `import { definePlugin, filesystem } from "@novywave/plugin-sdk/guest";

export const lifecycle = definePlugin({
  init(config) {
    const extensions = config.strings("extensions", ["vcd", "fst", "ghw"]);
    const { paths } = filesystem.findFiles({ directory: ".", extensions });
    console.log("found", paths);
    return \`\${paths.length} waveforms\`; // shown as the plugin's status
  },
});
`;

const test = `import { buildArtifact, runPlugin } from "@novywave/plugin-sdk/testing";
import { expect, it } from "vitest";

it("counts waveform files", async () => {
  const artifact = await buildArtifact(new URL("..", import.meta.url));
  const run = await runPlugin({ artifact, files: { "a.vcd": "", "notes.txt": "" } });
  expect(run.metadata.description).toBe("1 waveforms");
  await run.dispose();
});
`;
