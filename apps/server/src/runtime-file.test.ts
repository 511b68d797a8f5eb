import fs from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  findRunningServer,
  removeRuntimeFile,
  runtimeFilePath,
  writeRuntimeFile,
  type RuntimeInfo,
} from "./runtime-file.js";
import { temporaryFolder } from "./testing/temporary-folder.js";

async function listeningServer(): Promise<number> {
  const server = http.createServer((request, response) => {
    response.statusCode = request.url === "/api/state?token=secret" ? 200 : 401;
    response.end("{}");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function scene(overrides: Partial<RuntimeInfo> = {}) {
  const target = await temporaryFolder();
  const runtime = path.join(await temporaryFolder(), "runtime");
  const port = await listeningServer();
  const info = { port, host: "127.0.0.1", token: "secret", pid: process.pid, target, ...overrides };
  await writeRuntimeFile(runtime, info);
  return { target, runtime, info };
}

test("a running server is found by its folder in any spelling; its file is for this user alone", async () => {
  const { target, runtime, info } = await scene();
  expect(await findRunningServer(`${target}/../${path.basename(target)}/.`, runtime)).toEqual(info);
  const { mode } = await fs.stat(runtimeFilePath(runtime, target));
  expect(mode & 0o777).toBe(0o600);
});

test("a server of a dead process is not found and its file is removed", async () => {
  const { target, runtime } = await scene({ pid: 2 ** 22 + 1 });
  expect(await findRunningServer(target, runtime)).toBeUndefined();
  await expect(fs.stat(runtimeFilePath(runtime, target))).rejects.toThrow();
});

test("a process that does not answer with this token is not taken for the server", async () => {
  const { target, runtime } = await scene({ token: "another" });
  expect(await findRunningServer(target, runtime)).toBeUndefined();
});

test("a server removes only its own file", async () => {
  const { target, runtime, info } = await scene();
  await removeRuntimeFile(runtime, target, process.pid + 1);
  expect(await findRunningServer(target, runtime)).toEqual(info);
  await removeRuntimeFile(runtime, target, process.pid);
  expect(await findRunningServer(target, runtime)).toBeUndefined();
});

test("a damaged runtime file is no server", async () => {
  const { target, runtime } = await scene();
  await fs.writeFile(runtimeFilePath(runtime, target), '{"port": "x"');
  expect(await findRunningServer(target, runtime)).toBeUndefined();
});
