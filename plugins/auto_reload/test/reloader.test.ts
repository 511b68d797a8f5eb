import { PluginConfig } from "@novywave/plugin-sdk/config";
import { beforeEach, describe, expect, it } from "vitest";
import { Reloader, type ReloaderHost } from "../src/reloader.js";
import { readSettings } from "../src/settings.js";

const change = (...paths: string[]) => ({ subscriptionId: 101, paths });

class FakeHost implements ReloaderHost {
  readonly subscribed: string[] = [];
  readonly unsubscribed: number[] = [];
  readonly ticks: number[] = [];
  readonly published: (readonly string[])[] = [];
  readonly log = { info: () => {}, warn: () => {} };
  timersLeft = 10;

  subscribe(directories: readonly string[]) {
    return this.subscribed.push(directories.join()) + 100;
  }

  unsubscribe(id: number) {
    this.unsubscribed.push(id);
  }

  scheduleTick(delayMs: number) {
    if (this.timersLeft-- === 0) throw new Error("timer.schedule-tick: limit-reached");
    this.ticks.push(delayMs);
  }

  publishRefresh(paths: readonly string[]) {
    this.published.push(paths);
  }
}

describe("auto_reload", () => {
  let host: FakeHost;
  beforeEach(() => {
    host = new FakeHost();
  });
  const started = (config: Record<string, unknown>) => {
    const reloader = new Reloader(host, readSettings(new PluginConfig(config)));
    reloader.start();
    return reloader;
  };

  it("R7.3 refreshes as soon as N changes came in", () => {
    const reloader = started({ batch_events: 2, batch_ms: 5000 });
    reloader.onChange(change("/w/b.vcd"));
    expect(host.published).toEqual([]);
    reloader.onChange(change("/w/a.fst"));
    expect(host.published).toEqual([["/w/a.fst", "/w/b.vcd"]]);
  });

  it("R7.3 refreshes after T milliseconds when fewer came in, with one timer", () => {
    const reloader = started({ batch_events: 100, batch_ms: 250 });
    reloader.onChange(change("/w/a.vcd"));
    reloader.onChange(change("/w/a.vcd", "/w/c.ghw.gz", "/w/d.gz"));
    expect(host.ticks).toEqual([250]);
    reloader.onTick();
    expect(host.published).toEqual([["/w/a.vcd", "/w/c.ghw.gz"]]);
    reloader.onTick();
    expect(host.published).toHaveLength(1);
  });

  it("R7.3 passes on waveform files only", () => {
    const reloader = started({ batch_events: 1 });
    reloader.onChange(change("/w/notes.txt", "/w/vcd", "/w/run.d/Makefile"));
    expect(host.published).toEqual([]);
    reloader.onChange(change("/w/notes.txt", "/w/A.VCD"));
    expect(host.published).toEqual([["/w/A.VCD"]]);
  });

  it("refreshes at once when no timer is to be had", () => {
    host.timersLeft = 0;
    started({ batch_events: 100 }).onChange(change("/w/a.vcd"));
    expect(host.published).toEqual([["/w/a.vcd"]]);
  });

  it("watches the workspace, until it sees that the entry's watch table is followed", () => {
    const reloader = started({ batch_events: 1 });
    expect(host.subscribed).toEqual(["."]);
    reloader.onChange({ subscriptionId: 7, paths: ["/w/a.vcd"] });
    expect(host.unsubscribed).toEqual([101]);
    reloader.onChange(change("/w/a.vcd"));
    expect(host.published).toEqual([["/w/a.vcd"]]);
  });

  it("keeps folders that its own configuration names, beside the watch table", () => {
    const reloader = started({ directories: ["runs"] });
    reloader.onChange({ subscriptionId: 7, paths: ["/w/a.vcd"] });
    expect(host.subscribed).toEqual(["runs"]);
    expect(host.unsubscribed).toEqual([]);
  });

  it("R9.3 names the key and what was expected", () => {
    expect(() => started({ batch_events: 0 })).toThrow(
      "invalid config key `batch_events`: expected a whole number from 1 to 100000",
    );
  });
});
