import { err, ok, toDisposable } from "@novywave/base";
import { expect, test } from "vitest";
import { createPluginWatch } from "./plugin-watch.js";
import { closedGate } from "../testing/gate.js";
import type { WatchRequest } from "./watch-service.js";

/** Watching that becomes ready when the test says so. */
function scene(file?: string) {
  const order: string[] = [];
  const requests: WatchRequest[] = [];
  const ready = closedGate();
  const open = new Set<string>();
  const opened = async (what: string) => {
    await ready.passed;
    open.add(what);
    return ok(toDisposable(() => open.delete(what)));
  };
  let fileFails = false;
  const watch = createPluginWatch({
    watches: {
      subscribe: async (request) => {
        requests.push(request);
        return opened(`folders ${request.directories.join(" ")}`);
      },
      watchFile: async (watched) =>
        fileFails ? err({ code: "io", message: "no" }) : opened(`file ${watched}`),
    },
    root: "/w",
    file,
    unseen: (paths) => order.push(`unseen ${paths.join(" ")}`),
    onFailure: (message) => order.push(message),
  });
  return {
    order,
    requests,
    open,
    watch,
    ready: () => ready.open(),
    failFile: () => {
      fileFails = true;
    },
  };
}

const told: (readonly string[])[] = [];
const onChange = (paths: readonly string[]): void => {
  told.push(paths);
};

test("R5.3 what happened before a watch was ready counts as unseen, and only from then on nothing does", async () => {
  const s = scene();
  const watching = s.watch(["/w/sub", "."], 10, onChange);
  expect(s.order).toEqual([]);
  s.ready();
  expect(await watching).toMatchObject({ ok: true });
  expect(s.order).toEqual(["unseen /w/sub /w"]);
  s.requests[0]?.onChange(["/w/a.vcd"]);
  expect(s.order).toHaveLength(1);
});

test("R4.7 a relative folder is meant from the workspace, not from where the program was started", async () => {
  const s = scene();
  s.ready();
  await s.watch(["waves"], 10, onChange);
  expect(s.requests[0]?.directories).toEqual(["/w/waves"]);
});

test("R5.3 a watched folder that changed as a whole is looked at, and the plugin is told", async () => {
  const s = scene();
  s.ready();
  await s.watch(["/w"], 10, onChange);
  told.length = 0;
  s.requests[0]?.onChange(["/w"]);
  expect(s.order.at(-1)).toBe("unseen /w");
  expect(told).toEqual([["/w"]]);
});

test("a single file stands for the folders that hold it", async () => {
  const s = scene("/w/a.vcd");
  s.ready();
  const watching = await s.watch(["/w", "/other"], 10, onChange);
  expect([...s.open].sort()).toEqual(["file /w/a.vcd", "folders /other"]);
  if (watching.ok) watching.value[Symbol.dispose]();
  expect(s.open.size).toBe(0);
});

test("where a part cannot be watched, nothing is", async () => {
  const s = scene("/w/a.vcd");
  s.failFile();
  s.ready();
  expect(await s.watch(["/w", "/other"], 10, onChange)).toEqual({ ok: false, error: "no" });
  expect(s.open.size).toBe(0);
  expect(s.order).toEqual([]);
});
