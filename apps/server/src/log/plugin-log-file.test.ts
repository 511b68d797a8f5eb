import fs from "node:fs";
import path from "node:path";
import { crashRecord, crashText } from "@novywave/plugin-host";
import type { PluginLogRecord } from "@novywave/protocol";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.js";
import { createLogger } from "./logger.js";
import { PluginLogFile } from "./plugin-log-file.js";
import { RotatingFile } from "./rotating-file.js";

async function scene(maxBytes = 4 * 1024 * 1024) {
  const file = path.join(await temporaryFolder(), "dev_server.log");
  const sink = new RotatingFile(file, { maxBytes });
  onTestFinished(() => sink[Symbol.dispose]());
  const log = createLogger(sink, "debug", "/ws");
  const open = async (): Promise<PluginLogFile> => {
    const opened = await PluginLogFile.open(file, "/ws");
    if (!opened) throw new Error("there is no log");
    onTestFinished(() => opened.close());
    return opened;
  };
  return { file, sink, log, open };
}

const messages = (records: readonly PluginLogRecord[] | undefined): readonly string[] =>
  (records ?? []).map(({ message }) => message);

test("what plugins of one workspace logged, and how they ended; nothing else", async () => {
  const { sink, log, open } = await scene();
  log.info({ plugin: "a" }, "one");
  log.debug({ plugin: "a", decision: "granted", capability: "logging", scope: "", reason: "" }, "grant");
  log.warn({ plugin: "a", code: "trap" }, "plugin is down: it trapped");
  log.error({ err: new Error("of the program") }, "answering failed");
  const crash = crashRecord("a", { code: "trap", message: "it trapped", export: "init" });
  log.error({ plugin: "a", crash }, "it trapped");
  createLogger(sink, "debug", "/other").info({ plugin: "a" }, "of another workspace");
  log.warn({ plugin: "b" }, "two\u001b[2J");
  sink.write('{"level":"info","workspace":"/ws","plugin":"a","msg":"cut o\n');
  const last = await (await open()).last();
  expect([...last.keys()]).toEqual(["a", "b"]);
  expect(messages(last.get("a"))).toEqual(["one", crashText(crash)]);
  expect(last.get("b")).toMatchObject([{ level: "warn", message: "two\u001b[2J" }]);
});

test("the last 500 lines of each plugin, from old files too", async () => {
  const { file, log, open } = await scene(40_000);
  for (let n = 0; n < 600; n++) log.info({ plugin: "a" }, `line ${n}`);
  expect(fs.existsSync(`${file}.1`)).toBe(true);
  const records = messages((await (await open()).last()).get("a"));
  expect([records.length, records[0], records.at(-1)]).toEqual([500, "line 100", "line 599"]);
});

test("what is added is told once, also across a rotation and where a line comes in two pieces", async () => {
  const { file, log, open } = await scene(2_000);
  log.info({ plugin: "a" }, "before");
  const reading = await open();
  await reading.last();
  const added: string[] = [];
  const look = (): Promise<void> => reading.added(({ message }) => added.push(message));
  await look();
  const told: string[] = [];
  for (let n = 0; n < 40; n++) {
    log.info({ plugin: "a" }, `line ${n} é`);
    told.push(`line ${n} é`);
    if (n % 7 === 0) await look();
  }
  await look();
  expect(fs.existsSync(`${file}.1`)).toBe(true);
  expect(added).toEqual(told);
  const line = Buffer.from(
    '{"level":"info","time":"2026-01-01T00:00:00.000Z","workspace":"/ws","plugin":"a","msg":"é"}\n',
  );
  const middle = line.indexOf(0xc3) + 1;
  fs.appendFileSync(file, line.subarray(0, middle));
  await look();
  expect(added).toEqual(told);
  fs.appendFileSync(file, line.subarray(middle));
  await look();
  expect(added).toEqual([...told, "é"]);
});

test("where there is no log, there is none", async () => {
  expect(await PluginLogFile.open(path.join(await temporaryFolder(), "none.log"), "/ws")).toBeUndefined();
});
