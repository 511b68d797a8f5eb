import { SimulatedClock } from "@novywave/base";
import { createFlow } from "@novywave/dataflow";
import type { FileStatus } from "@novywave/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRelays, ready, type FileRefreshed } from "../relays.js";
import { FakeFiles } from "../testing/fake-files.js";
import { createTimelineActor } from "./timeline-actor.js";
import { createTrackedFilesActor, maxOpenFiles } from "./tracked-files-actor.js";

const vcd = (body = ""): string => `$date $end ${body}`;

function scene() {
  const clock = new SimulatedClock();
  const flow = createFlow({ clock });
  onTestFinished(() => flow[Symbol.dispose]());
  const files = new FakeFiles();
  const relays = createRelays(flow, "/w/.novywave");
  const discover = relays.pluginDiscovery.emitter();
  const publish = relays.pluginEvent.emitter();
  const actor = createTrackedFilesActor({
    flow,
    relays,
    access: files,
    openWaveform: files.openWaveform,
    root: "/w",
    reloadPauseMs: 100,
  });
  const timeline = createTimelineActor(flow, relays);
  const refreshed: FileRefreshed[] = [];
  relays.fileRefreshed.subscribe((value) => refreshed.push(value));
  flow.start();
  /** Lets work end and the coalesced state be told. */
  const settle = async (ms = 1_000): Promise<void> => {
    await flow.settle();
    clock.advance(ms);
    await flow.settle();
    clock.advance(50);
    await flow.settle();
  };
  const all = (): readonly FileStatus[] => {
    const now = relays.filesState.current;
    return now.state === "ready" ? now.value : [];
  };
  return {
    clock,
    flow,
    files,
    relays,
    actor,
    timeline,
    refreshed,
    settle,
    discover: async (...paths: string[]) => {
      discover(ready(new Map([["scanner", paths]])));
      await settle();
    },
    discoverNothing: async () => {
      discover({ state: "empty" });
      await settle();
    },
    refresh: async (...paths: string[]) => {
      publish({ pluginId: "reload", event: { tag: "refresh-timeline", val: paths } });
      await settle();
    },
    publish,
    open: async (path: string) => {
      actor.send({ kind: "open-asked", path });
      await settle();
    },
    all,
    status: (path: string): FileStatus => {
      const found = all().find((file) => file.path === path);
      if (!found) throw new Error(`${path} is not tracked`);
      return found;
    },
  };
}

describe("R1.3 files have explicit states", () => {
  test("loading until a plugin has told, empty if it found nothing", async () => {
    const { relays, discoverNothing } = scene();
    expect(relays.filesState.current).toEqual({ state: "loading" });
    await discoverNothing();
    expect(relays.filesState.current).toEqual({ state: "empty" });
  });
});

describe("discovered files", () => {
  test("are read in advance and say what they hold, without being open", async () => {
    const s = scene();
    s.files.write("/w/sub/a.vcd", vcd());
    await s.discover("/w/sub/a.vcd");
    expect(s.status("/w/sub/a.vcd")).toMatchObject({
      name: "sub/a.vcd",
      state: "ready",
      format: "vcd",
      signals: 2,
      end: "11",
      open: false,
      revision: 0,
      discoveredBy: ["scanner"],
    });
    expect(s.files.openWaveforms).toBe(0);
  });

  test("small ones come first, one at a time", async () => {
    const s = scene();
    s.files.write("/w/big.vcd", vcd("x".repeat(100)));
    s.files.write("/w/small.vcd", vcd());
    s.files.write("/w/middle.vcd", vcd("xx"));
    s.files.hold = true;
    await Promise.race([s.discover("/w/big.vcd", "/w/middle.vcd", "/w/small.vcd"), idle()]);
    expect(s.files.reads).toEqual(["/w/small.vcd"]);
    s.files.hold = false;
    s.files.release();
    await s.settle();
    expect(s.files.reads).toEqual(["/w/small.vcd", "/w/middle.vcd", "/w/big.vcd"]);
  });

  test("that are empty, no waveform, unreadable or truncated say so", async () => {
    const s = scene();
    s.files.write("/w/empty.vcd", "");
    s.files.write("/w/text.vcd", "hello");
    s.files.write("/w/cut.vcd", vcd("cut"));
    s.files.write("/w/locked.vcd", vcd());
    s.files.problems.set("/w/locked.vcd", { code: "not-readable", message: "may not be read" });
    await s.discover("/w/empty.vcd", "/w/text.vcd", "/w/cut.vcd", "/w/locked.vcd", "/w/gone.vcd");
    expect(s.status("/w/empty.vcd").state).toBe("empty");
    expect(s.status("/w/text.vcd")).toMatchObject({ state: "error" });
    expect(s.status("/w/text.vcd").message).toContain("no waveform");
    expect(s.status("/w/cut.vcd")).toMatchObject({
      state: "ready",
      warning: { code: "truncated", byte: 7, time: "5" },
    });
    expect(s.status("/w/locked.vcd")).toMatchObject({ state: "error", message: "may not be read" });
    expect(s.status("/w/gone.vcd").state).toBe("missing");
  });

  test("that were gone for a moment are looked for again, though the list of the plugin stays as it is", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.discover("/w/a.vcd");
    s.files.remove("/w/a.vcd");
    s.publish({ pluginId: "scanner", event: { tag: "discovery", val: { pluginId: "", discovered: [] } } });
    await s.settle(400);
    expect(s.status("/w/a.vcd").state).toBe("missing");
    s.files.write("/w/a.vcd", vcd("longer"));
    await s.settle(500);
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", end: "17" });
  });

  test("that are listed and stay gone are not looked for on and on", async () => {
    const s = scene();
    await s.discover("/w/gone.vcd");
    for (let second = 0; second < 60; second++) await s.settle(1_000);
    expect(s.files.looks).toHaveLength(4);
    expect(s.status("/w/gone.vcd").state).toBe("missing");
  });

  test("that are listed are never forgotten, those that are not are, the longest gone first", async () => {
    const s = scene();
    const listed = Array.from({ length: 1_500 }, (_, n) => `/w/${n}.vcd`);
    await s.discover(...listed);
    expect(s.all()).toHaveLength(1_500);
    await s.discover("/w/0.vcd");
    expect(s.all()).toHaveLength(1_001);
    expect(s.status("/w/0.vcd").state).toBe("missing");
  });

  test("that vanish are missing; that no plugin finds any more though they exist are dropped", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    s.files.write("/w/b.vcd", vcd());
    await s.discover("/w/a.vcd", "/w/b.vcd");
    s.files.remove("/w/a.vcd");
    await s.discoverNothing();
    expect(s.all().map(({ path, state }) => [path, state])).toEqual([["/w/a.vcd", "missing"]]);
    s.files.write("/w/a.vcd", vcd("longer"));
    await s.discover("/w/a.vcd");
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", end: "17" });
  });
});

describe("open files", () => {
  test("go through loading with progress to ready with a revision", async () => {
    const s = scene();
    const progress: unknown[] = [];
    s.relays.fileProgressed.subscribe((value) => progress.push(value));
    s.files.write("/w/a.vcd", vcd());
    s.files.hold = true;
    s.actor.send({ kind: "open-asked", path: "/w/a.vcd" });
    await idle();
    s.clock.advance(50);
    expect(s.status("/w/a.vcd")).toMatchObject({
      state: "loading",
      open: true,
      progress: { read: 1, total: 2 },
    });
    expect(progress).toEqual([{ path: "/w/a.vcd", read: 1, total: 2 }]);
    s.files.hold = false;
    s.files.release();
    await s.settle();
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", revision: 1, open: true });
    expect(s.status("/w/a.vcd").progress).toBeUndefined();
    expect(s.refreshed).toEqual([]);
  });

  test("shows what is known of a file while it is read", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    s.files.hold = true;
    s.files.early = true;
    s.actor.send({ kind: "open-asked", path: "/w/a.vcd" });
    await idle();
    s.clock.advance(50);
    const loaded = () => s.actor.state.files.get("/w/a.vcd")?.loaded;
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "loading", variables: 2, revision: 0 });
    const early = loaded();
    expect(early).toBeDefined();
    s.files.hold = false;
    s.files.release();
    await s.settle();
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", revision: 1 });
    expect(loaded()).toBe(early);
    expect(s.files.openWaveforms).toBe(1);
  });

  test("takes back what it showed of a file that cannot be read to its end, and closes it once", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    s.files.hold = true;
    s.files.early = true;
    s.files.openFailures.set("/w/a.vcd", "not-readable");
    s.actor.send({ kind: "open-asked", path: "/w/a.vcd" });
    await idle();
    s.files.hold = false;
    s.files.release();
    await s.settle();
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "error", variables: 0 });
    expect(s.actor.state.files.get("/w/a.vcd")?.loaded).toBeUndefined();
    expect(s.files.openWaveforms).toBe(0);
  });

  test("reads only what was appended to a file that is open", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.open("/w/a.vcd");
    const [waveform] = s.files.loaded;
    if (!waveform) throw new Error("nothing was loaded");
    waveform.appended = "#9";
    s.files.write("/w/a.vcd", `${vcd()}#9`);
    s.actor.send({ kind: "refresh-asked", paths: ["/w/a.vcd"] });
    s.clock.advance(1_000);
    await s.settle();
    expect(s.files.reads).toEqual(["/w/a.vcd"]);
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", revision: 2, end: "13" });
    expect(s.files.openWaveforms).toBe(1);
    expect(waveform.listeners).toBe(1);
  });

  test("closing releases the signals, also while it loads", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.open("/w/a.vcd");
    expect(s.files.openWaveforms).toBe(1);
    s.actor.send({ kind: "close-asked", path: "/w/a.vcd" });
    await s.settle();
    expect(s.files.openWaveforms).toBe(0);
    expect(s.all()).toEqual([]);
    s.files.hold = true;
    s.actor.send({ kind: "open-asked", path: "/w/a.vcd" });
    await idle();
    s.actor.send({ kind: "close-asked", path: "/w/a.vcd" });
    s.files.hold = false;
    s.files.release();
    await s.settle();
    expect(s.files.openWaveforms).toBe(0);
    expect(s.all()).toEqual([]);
  });

  test("a discovered file that is closed stays in the list with what is known of it", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.discover("/w/a.vcd");
    await s.open("/w/a.vcd");
    s.actor.send({ kind: "close-asked", path: "/w/a.vcd" });
    await s.settle();
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", open: false, end: "11" });
    expect(s.files.openWaveforms).toBe(0);
  });

  test("no more than a number of them", async () => {
    const s = scene();
    for (let i = 0; i <= maxOpenFiles; i++) {
      s.files.write(`/w/${i}.vcd`, vcd());
      await s.open(`/w/${i}.vcd`);
    }
    expect(s.files.openWaveforms).toBe(maxOpenFiles);
    expect(s.status(`/w/${maxOpenFiles}.vcd`).open).toBe(false);
  });
});

describe("R7.3 a refresh", () => {
  test("reads an open file again, swaps it in, and tells", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.open("/w/a.vcd");
    s.files.write("/w/a.vcd", vcd("more"));
    await s.refresh("/w/a.vcd");
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", end: "15", revision: 2 });
    expect(s.refreshed).toEqual([{ path: "/w/a.vcd", revision: 2 }]);
    expect(s.files.openWaveforms).toBe(1);
    expect(s.files.loaded[0]?.closed).toBe(true);
  });

  test("of everything (no path) or of a folder reaches what is open there", async () => {
    const s = scene();
    s.files.write("/w/sub/a.vcd", vcd());
    await s.open("/w/sub/a.vcd");
    s.files.write("/w/sub/a.vcd", vcd("more"));
    await s.refresh();
    s.files.write("/w/sub/a.vcd", vcd("still more"));
    await s.refresh("/w/sub");
    expect(s.status("/w/sub/a.vcd").revision).toBe(3);
  });

  test("of a file that did not change reads nothing", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.open("/w/a.vcd");
    await s.refresh("/w/a.vcd");
    expect(s.files.reads).toHaveLength(1);
    expect(s.status("/w/a.vcd").revision).toBe(1);
  });

  test("keeps the old signals in view while it reads, and if it fails, with a warning", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.open("/w/a.vcd");
    s.files.write("/w/a.vcd", "");
    await s.refresh("/w/a.vcd");
    expect(s.status("/w/a.vcd")).toMatchObject({
      state: "ready",
      revision: 1,
      end: "11",
      warning: { code: "reload-failed" },
    });
    s.files.write("/w/a.vcd", vcd("x"));
    s.files.openFailures.set("/w/a.vcd", "malformed");
    await s.refresh("/w/a.vcd");
    expect(s.status("/w/a.vcd").warning?.message).toContain("malformed");
    expect(s.files.openWaveforms).toBe(1);
    s.files.openFailures.clear();
    s.files.write("/w/a.vcd", vcd("good"));
    await s.refresh("/w/a.vcd");
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", revision: 2 });
    expect(s.status("/w/a.vcd").warning).toBeUndefined();
  });

  test("of a deleted file makes it missing and releases it; when it is back it is read again", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.open("/w/a.vcd");
    s.files.remove("/w/a.vcd");
    await s.refresh("/w/a.vcd");
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "missing", open: true });
    expect(s.files.openWaveforms).toBe(0);
    s.files.write("/w/a.vcd", vcd("again"));
    await s.refresh("/w/a.vcd");
    expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", revision: 2, end: "16" });
  });

  test("there is never more than one read of a file, and what comes meanwhile is not lost", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.open("/w/a.vcd");
    s.files.hold = true;
    for (let i = 0; i < 5; i++) {
      s.files.write("/w/a.vcd", vcd("x".repeat(i)));
      s.publish({ pluginId: "reload", event: { tag: "refresh-timeline", val: ["/w/a.vcd"] } });
      await idle();
      s.clock.advance(200);
      await idle();
    }
    expect(s.files.reads).toHaveLength(2);
    s.files.write("/w/a.vcd", vcd("the last one"));
    s.files.hold = false;
    s.files.release();
    await s.settle(5_000);
    expect(s.status("/w/a.vcd").end).toBe("23");
    expect(s.files.openWaveforms).toBe(1);
  });

  test("the next read waits as long as the last one took", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    s.files.hold = true;
    s.actor.send({ kind: "open-asked", path: "/w/a.vcd" });
    await idle();
    s.clock.advance(3_000);
    s.files.hold = false;
    s.files.release();
    await s.flow.settle();
    s.files.write("/w/a.vcd", vcd("more"));
    s.publish({ pluginId: "reload", event: { tag: "refresh-timeline", val: ["/w/a.vcd"] } });
    s.clock.advance(2_999);
    await s.flow.settle();
    expect(s.files.reads).toHaveLength(1);
    s.clock.advance(1);
    await s.flow.settle();
    expect(s.files.reads).toHaveLength(2);
  });
});

test("a file whose worker died is an error, and is read again when a person opens it", async () => {
  const s = scene();
  s.files.write("/w/a.vcd", vcd());
  await s.open("/w/a.vcd");
  s.files.loaded[0]?.die();
  await s.settle();
  expect(s.status("/w/a.vcd")).toMatchObject({ state: "error", message: "the thread ended", open: true });
  await s.open("/w/a.vcd");
  expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", revision: 2 });
});

test("a reader that fails in an unforeseen way costs that file, not the others", async () => {
  const s = scene();
  s.files.write("/w/a.vcd", vcd());
  s.files.write("/w/b.vcd", vcd());
  s.files.bugs.add("/w/a.vcd");
  await s.open("/w/a.vcd");
  await s.open("/w/b.vcd");
  expect(s.status("/w/a.vcd")).toMatchObject({ state: "error" });
  expect(s.status("/w/b.vcd")).toMatchObject({ state: "ready" });
});

test("the end of the flow stops what is in flight and closes what comes too late", async () => {
  const s = scene();
  s.files.write("/w/a.vcd", vcd());
  s.files.hold = true;
  s.actor.send({ kind: "open-asked", path: "/w/a.vcd" });
  await idle();
  s.flow[Symbol.dispose]();
  s.files.release();
  await idle();
  expect(s.files.openWaveforms).toBe(0);
  expect(s.clock.pending).toBe(0);
});

describe("the timeline", () => {
  test("is empty, then loads, is ready, and its revision grows with a refresh", async () => {
    const s = scene();
    expect(s.timeline.state.status).toEqual({ state: "empty", revision: 0 });
    s.files.write("/w/a.vcd", vcd());
    s.timeline.send({ kind: "activated", path: "/w/a.vcd" });
    expect(s.timeline.state.status.state).toBe("loading");
    await s.open("/w/a.vcd");
    const before = s.timeline.state.status;
    expect(before).toMatchObject({ state: "ready", activeFile: "/w/a.vcd" });
    s.files.write("/w/a.vcd", vcd("more"));
    await s.refresh("/w/a.vcd");
    expect(s.timeline.state.status.revision).toBeGreaterThan(before.revision);
    s.files.remove("/w/a.vcd");
    await s.refresh("/w/a.vcd");
    expect(s.timeline.state.status).toMatchObject({ state: "error", activeFile: "/w/a.vcd" });
    s.timeline.send({ kind: "deactivated", path: "/w/a.vcd" });
    expect(s.timeline.state.status.state).toBe("empty");
  });
});

/** Lets promises that wait for nothing outside go on. */
async function idle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

describe("changes that nobody was told of by name", () => {
  test("a file that was written between its reading and the beginning of watching is read again", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    await s.open("/w/a.vcd");
    s.files.write("/w/a.vcd", vcd("longer"));
    s.actor.send({ kind: "unseen", paths: ["/w"] });
    await s.settle();
    expect(s.status("/w/a.vcd")).toMatchObject({ revision: 2, end: "17" });
    const reads = s.files.reads.length;
    s.actor.send({ kind: "unseen", paths: ["/w"] });
    await s.settle();
    expect(s.files.reads).toHaveLength(reads);
  });

  test("an open file that could not be read is not read again before it changes", async () => {
    const s = scene();
    s.files.write("/w/a.vcd", vcd());
    s.files.openFailures.set("/w/a.vcd", "malformed");
    await s.open("/w/a.vcd");
    expect(s.status("/w/a.vcd").state).toBe("error");
    const reads = s.files.reads.length;
    s.actor.send({ kind: "unseen", paths: ["/w"] });
    await s.settle();
    expect(s.files.reads).toHaveLength(reads);
    s.files.openFailures.clear();
    s.files.write("/w/a.vcd", vcd("good"));
    s.actor.send({ kind: "unseen", paths: ["/w"] });
    await s.settle();
    expect(s.status("/w/a.vcd").state).toBe("ready");
  });
});

test("a file that a person opens is looked at before the thousands that were found", async () => {
  const s = scene();
  const found = Array.from({ length: 1_000 }, (_, i) => `/w/${String(i).padStart(4, "0")}.vcd`);
  for (const path of found) s.files.write(path, vcd());
  const last = found.at(-1) ?? "";
  const discovering = s.discover(...found);
  s.actor.send({ kind: "open-asked", path: last });
  await discovering;
  expect(s.files.looks.indexOf(last)).toBeLessThan(70);
  expect(s.status(last).state).toBe("ready");
});

test("a file that changes while it is looked at is looked at once more, then read", async () => {
  const s = scene();
  s.files.write("/w/a.vcd", vcd());
  s.actor.send({ kind: "open-asked", path: "/w/a.vcd" });
  s.actor.send({ kind: "unseen", paths: ["/w"] });
  await s.settle();
  expect(s.status("/w/a.vcd")).toMatchObject({ state: "ready", revision: 1 });
  expect(s.files.looks.length).toBeLessThanOrEqual(3);
});

test("a file that changes while a reading of it fails is read again", async () => {
  const s = scene();
  s.files.write("/w/a.vcd", vcd());
  s.files.openFailures.set("/w/a.vcd", "malformed");
  s.files.hold = true;
  s.actor.send({ kind: "open-asked", path: "/w/a.vcd" });
  await waitUntil(() => s.files.reads.length === 1);
  s.files.write("/w/a.vcd", vcd("good"));
  s.actor.send({ kind: "unseen", paths: ["/w"] });
  s.files.hold = false;
  s.files.release();
  await s.settle();
  s.files.openFailures.clear();
  await s.settle();
  expect(s.files.reads).toHaveLength(2);
});

async function waitUntil(done: () => boolean): Promise<void> {
  while (!done()) await Promise.resolve();
}

test("a waveform that was replaced is let go: nothing listens to it any more", async () => {
  const s = scene();
  for (const body of ["1", "22", "333"]) {
    s.files.write("/w/a.vcd", vcd(body));
    if (body === "1") await s.open("/w/a.vcd");
    else await s.refresh("/w/a.vcd");
  }
  expect(s.files.loaded.map(({ listeners }) => listeners)).toEqual([0, 0, 1]);
});

describe("opened_files tells which files are open", () => {
  test("sorted, when one is opened, closed or gone from the list, and not for what was only found", async () => {
    const { relays, actor, files, open, discover, settle } = scene();
    const told: (readonly string[])[] = [];
    relays.openedFiles.subscribe((value) => told.push(value));
    for (const path of ["/w/a.vcd", "/w/b.vcd", "/w/c.vcd"]) files.write(path, vcd());
    await discover("/w/c.vcd");
    await open("/w/b.vcd");
    await open("/w/a.vcd");
    files.write("/w/a.vcd", vcd("more"));
    await settle();
    actor.send({ kind: "close-asked", path: "/w/b.vcd" });
    await settle();
    expect(told).toEqual([[], ["/w/b.vcd"], ["/w/a.vcd", "/w/b.vcd"], ["/w/a.vcd"]]);
  });
});
