import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder, writeTree } from "../testing/temporary-folder.js";
import { createFileAccess } from "./file-access.js";

async function scene() {
  const folder = await temporaryFolder();
  const root = path.join(folder, "root");
  await writeTree(folder, { "root/a.vcd": "$date", "rootless/b.vcd": "$date", "outside/c.vcd": "$date" });
  const granted = [root];
  const access = createFileAccess(() => granted, path.join(folder, "outside/c.vcd"));
  onTestFinished(() => access.close());
  return { folder, root, granted, access };
}

test("a regular file in a granted folder is looked at, through links as well", async () => {
  const { root, access } = await scene();
  await fs.symlink(path.join(root, "a.vcd"), path.join(root, "link.vcd"));
  const looked = await access.look(path.join(root, "link.vcd"));
  expect(looked).toMatchObject({ ok: true, value: { path: path.join(root, "a.vcd"), stamp: { size: 5 } } });
  expect(looked.ok && Buffer.from(looked.value.head).toString()).toBe("$date");
});

test("R4.7 outside and non-existent get the same answer", async () => {
  const { folder, root, access } = await scene();
  await fs.symlink(path.join(folder, "rootless/b.vcd"), path.join(root, "out.vcd"));
  await fs.symlink(path.join(folder, "rootless"), path.join(root, "folder"));
  for (const file of [
    path.join(root, "nothing.vcd"),
    path.join(folder, "rootless/b.vcd"),
    path.join(root, "../rootless/b.vcd"),
    path.join(root, "out.vcd"),
    path.join(root, "folder/b.vcd"),
    "/etc/passwd",
    "a.vcd",
    `${root}/a.vcd\0`,
  ]) {
    const looked = await access.look(file);
    expect(looked).toEqual({
      ok: false,
      error: { code: "not-found", message: `there is no such file in the folders that are open: ${file}` },
    });
  }
});

test("a folder that is granted later is looked into from then on", async () => {
  const { folder, granted, access } = await scene();
  const file = path.join(folder, "rootless/b.vcd");
  expect((await access.look(file)).ok).toBe(false);
  granted.push(path.join(folder, "rootless"));
  expect((await access.look(file)).ok).toBe(true);
});

test("the file that the user named may be read, its neighbours not", async () => {
  const { folder, access } = await scene();
  await writeTree(folder, { "outside/d.vcd": "$date" });
  expect((await access.look(path.join(folder, "outside/c.vcd"))).ok).toBe(true);
  expect((await access.look(path.join(folder, "outside/d.vcd"))).ok).toBe(false);
});

test("a FIFO, a folder and a device are no files, and nobody waits for them", async () => {
  const { root, access, granted } = await scene();
  execFileSync("mkfifo", [path.join(root, "fifo.vcd")]);
  granted.push("/dev");
  for (const file of [path.join(root, "fifo.vcd"), root, "/dev/zero"]) {
    expect(await access.look(file)).toMatchObject({ ok: false, error: { code: "not-a-file" } });
  }
});

test("what waits when the thread ends is answered; the next look starts another", async () => {
  const { root, access } = await scene();
  const waiting = access.look(path.join(root, "a.vcd"));
  await access.close();
  expect(typeof (await waiting).ok).toBe("boolean");
  expect((await access.look(path.join(root, "a.vcd"))).ok).toBe(true);
});
