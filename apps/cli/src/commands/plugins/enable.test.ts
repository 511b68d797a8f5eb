import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../test/run-command.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

const text = `# mine
[plugins]
schema_version = 1

[[plugins.entries]]
id = "novywave.hello_world" # the first
enabled   =   true
artifact_path = "builtin:hello_world"
`;
const current = (): string => readFileSync(join(sandbox.workspace, ".novywave"), "utf8");

describe("plugins enable and disable", () => {
  it("R1.7 change that one value of the file and leave every other byte alone", async () => {
    sandbox.write(".novywave", text);
    const off = await sandbox.run("plugins", "disable", "novywave.hello_world");
    expect(off).toMatchObject({ code: 0, stderr: "" });
    expect(off.stdout).toContain("novywave.hello_world is now disabled in ");
    expect(current()).toBe(text.replace("true", "false"));
    expect((await sandbox.run("plugins", "enable", "hello_world", "--json")).json()).toEqual({
      id: "novywave.hello_world",
      enabled: true,
      changed: true,
      file: join(sandbox.workspace, ".novywave"),
    });
    expect(current()).toBe(text);
  });

  it("do nothing when it is so already", async () => {
    sandbox.write(".novywave", text);
    const { code, stdout } = await sandbox.run("plugins", "enable", "hello_world");
    expect([code, stdout]).toEqual([0, "novywave.hello_world is enabled already\n"]);
    expect(current()).toBe(text);
  });

  it("write the file with the shipped plugins where there is none, at the first change", async () => {
    expect((await sandbox.run("plugins", "enable", "hello_world")).code).toBe(0);
    expect(current).toThrow("ENOENT");
    expect((await sandbox.run("plugins", "disable", "auto_reload")).code).toBe(0);
    expect(current().match(/^enabled = \w+$/gmu)).toEqual([
      "enabled = true",
      "enabled = true",
      "enabled = false",
    ]);
  });

  it("act on the workspace that is named", async () => {
    sandbox.write("other/.novywave", text);
    expect((await sandbox.run("plugins", "disable", "hello_world", "-w", "other")).code).toBe(0);
    expect(readFileSync(join(sandbox.workspace, "other/.novywave"), "utf8")).toContain("enabled   =   false");
    const missing = await sandbox.run("plugins", "disable", "hello_world", "-w", "absent", "--json");
    expect(missing.code).toBe(1);
    expect(missing.json()).toMatchObject({ error: { code: "not-found" } });
    expect(missing.stderr).toContain(`${join(sandbox.workspace, "absent")} does not exist`);
  });

  it("name the plugins that there are when the id is unknown", async () => {
    sandbox.write(".novywave", text);
    const { code, stderr } = await sandbox.run("plugins", "enable", "helo");
    expect(code).toBe(1);
    expect(stderr).toContain(
      'There is no plugin "helo" in this workspace. Its plugins are novywave.hello_world.',
    );
  });

  it("R2.9 refuse a file that is invalid, with line and column, and leave it alone", async () => {
    const broken = text.replace("true", "maybe");
    sandbox.write(".novywave", broken);
    const { code, stderr } = await sandbox.run("plugins", "disable", "hello_world");
    expect(code).toBe(1);
    expect(stderr).toMatch(/\.novywave:7:\d+: /u);
    expect(current()).toBe(broken);
  });
});
