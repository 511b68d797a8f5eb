import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.js";
import { createLogger } from "./logger.js";
import { RotatingFile } from "./rotating-file.js";

test("the log starts anew when it has grown, and keeps the last few files", async () => {
  const file = path.join(await temporaryFolder(), "state", "dev_server.log");
  using log = new RotatingFile(file, { maxBytes: 20, keep: 2 });
  for (const line of ["first line\n", "second line\n", "third line\n", "fourth line\n"]) log.write(line);
  expect(fs.readFileSync(file, "utf8")).toBe("fourth line\n");
  expect(fs.readFileSync(`${file}.1`, "utf8")).toBe("third line\n");
  expect(fs.readFileSync(`${file}.2`, "utf8")).toBe("second line\n");
  expect(fs.existsSync(`${file}.3`)).toBe(false);
});

test("only this user may read it, and an existing one is continued", async () => {
  const file = path.join(await temporaryFolder(), "dev_server.log");
  new RotatingFile(file).write("a\n");
  new RotatingFile(file).write("b\n");
  expect(fs.readFileSync(file, "utf8")).toBe("a\nb\n");
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
});

test("a link or a FIFO in its place is refused, not followed", async () => {
  const folder = await temporaryFolder();
  fs.symlinkSync(path.join(folder, "elsewhere"), path.join(folder, "dev_server.log"));
  expect(() => new RotatingFile(path.join(folder, "dev_server.log"))).toThrow();
  expect(fs.existsSync(path.join(folder, "elsewhere"))).toBe(false);
});

test("control characters reach the file escaped, so that a message cannot drive a terminal", async () => {
  const file = path.join(await temporaryFolder(), "dev_server.log");
  using sink = new RotatingFile(file);
  createLogger(sink, "debug", "/ws").info(
    { plugin: "x" },
    "bell \u0007 csi \u009b31m escape \u001b[2J line \u2028 end\n",
  );
  const text = fs.readFileSync(file, "utf8");
  // oxlint-disable-next-line no-control-regex -- control characters are what this test is about
  expect(text.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
  expect(JSON.parse(text)).toMatchObject({
    level: "info",
    plugin: "x",
    msg: "bell \u0007 csi \u009b31m escape \u001b[2J line \u2028 end\n",
  });
});

test("it goes on when what kept it from starting anew is over", async () => {
  const folder = path.join(await temporaryFolder(), "state");
  const file = path.join(folder, "dev_server.log");
  using log = new RotatingFile(file, { maxBytes: 20 });
  log.write("first line\n");
  fs.rmSync(folder, { recursive: true });
  log.write("lost, there is no folder\n");
  fs.mkdirSync(folder);
  log.write("here again\n");
  expect(fs.readFileSync(file, "utf8")).toBe("here again\n");
});
