import { PluginConfig } from "@novywave/plugin-sdk/config";
import { beforeEach, describe, expect, it } from "vitest";
import { Scanner, summary, type ScannerHost } from "../src/scanner.js";
import { readSettings } from "../src/settings.js";

const settings = (config: Record<string, unknown>) => readSettings(new PluginConfig(config));

class FakeHost implements ScannerHost {
  files: Record<string, readonly string[]> = {};
  readonly published: (readonly string[])[] = [];
  readonly calls: string[] = [];
  #nextId = 1;
  readonly log = {
    debug: (message: string) => void this.calls.push(`debug ${message}`),
    info: (message: string) => void this.calls.push(`info ${message}`),
    warn: (message: string) => void this.calls.push(`warn ${message}`),
  };

  findFiles({ directory }: { readonly directory: string }) {
    const paths = this.files[directory];
    if (paths === undefined) throw new Error("filesystem.find-files: not-found");
    return { paths, notes: [] };
  }

  subscribe(directories: readonly string[], debounceMs: number) {
    if (directories.some((directory) => !(directory in this.files)))
      throw new Error("watch.subscribe: not-found");
    this.calls.push(`subscribe ${directories.join()} ${debounceMs}`);
    return this.#nextId++;
  }

  unsubscribe(id: number) {
    this.calls.push(`unsubscribe ${id}`);
  }

  publishDiscovery(paths: readonly string[]) {
    this.published.push(paths);
  }
}

describe("waveform_scanner", () => {
  let host: FakeHost;
  beforeEach(() => {
    host = new FakeHost();
  });

  it("R7.2 publishes the whole list, sorted, without duplicates, after it subscribed", () => {
    host.files = { a: ["/w/a/z.vcd", "/w/a/b/y.fst"], "a/b": ["/w/a/b/y.fst"] };
    const scanner = new Scanner(host, settings({ directories: ["a", "a/b"] }));
    expect(scanner.start()).toBe("2 waveforms in 2 folders");
    expect(host.published).toEqual([["/w/a/b/y.fst", "/w/a/z.vcd"]]);
    expect(host.calls).toEqual(["subscribe a,a/b 250", "info 2 waveforms in 2 folders"]);
  });

  it("R7.2 publishes again after a change, and not when the list is the same", () => {
    host.files = { ".": ["/w/a.vcd"] };
    const scanner = new Scanner(host, settings({}));
    scanner.start();
    scanner.scan();
    expect(host.published).toHaveLength(1);
    host.files = { ".": [] };
    expect(scanner.scan()).toBe("no waveforms found");
    expect(host.published).toEqual([["/w/a.vcd"], []]);
  });

  it("shows what the other folders hold when one cannot be read, and says so once", () => {
    host.files = { a: ["/w/a/x.vcd"] };
    const scanner = new Scanner(host, settings({ directories: ["gone", "a"] }));
    expect(scanner.start()).toBe("1 waveform in 1 folder; cannot read gone");
    scanner.scan();
    expect(host.calls).toContain("subscribe a 250");
    expect(host.calls.filter((call) => call.startsWith("warn"))).toEqual([
      "warn changes in gone are not seen: watch.subscribe: not-found",
      "warn gone: filesystem.find-files: not-found",
    ]);
  });

  it("R7.2 follows a change of its configuration", () => {
    host.files = { a: ["/w/a/x.vcd"], b: ["/w/b/x.vcd"] };
    const scanner = new Scanner(host, settings({ directories: ["a"] }));
    scanner.start();
    scanner.reconfigure(settings({ directories: ["b"], debounce_ms: 10 }));
    expect(host.published.at(-1)).toEqual(["/w/b/x.vcd"]);
    expect(host.calls.filter((call) => call.includes("subscribe"))).toEqual([
      "subscribe a 250",
      "unsubscribe 1",
      "subscribe b 10",
    ]);
  });

  it("says one and many", () => {
    expect(summary(["/a.vcd"])).toBe("1 waveform in 1 folder");
    expect(summary(["/a.vcd", "/b.vcd"])).toBe("2 waveforms in 1 folder");
  });
});
