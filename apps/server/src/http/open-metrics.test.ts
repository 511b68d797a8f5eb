import { expect, test } from "vitest";
import { openMetrics } from "./open-metrics.js";
import { readOpenMetrics } from "./open-metrics.test.helper.js";

const document = openMetrics({
  plugins: [
    {
      pluginId: "novywave.waveform_scanner",
      deaths: 1,
      starts: 2,
      stats: {
        calls: 3,
        errors: 1,
        traps: 1,
        hostCalls: 20,
        denied: 4,
        droppedLogs: 5,
        liftedBytes: 1_000,
        memoryBytes: 65_536,
        queueDepth: 6,
        shed: { "logging.log": 5, events: 1 },
        exports: {
          init: { calls: 1, errors: 0, traps: 0, p50Ms: 5, p99Ms: 5, maxMs: 5, sumMs: 5 },
          "handle-event": {
            calls: 2,
            errors: 1,
            traps: 1,
            p50Ms: 1e-5,
            p99Ms: 2_500,
            maxMs: 2_500,
            sumMs: 2_501,
          },
        },
      },
    },
    // Ids come from a file that anybody may have written.
    { pluginId: 'a"b\\c\nd{},', deaths: 0, starts: 0 },
  ],
  files: { ready: 2, "not-a-file": 0 },
  residentBytes: 1e8,
});

test("R5.4 /metrics is OpenMetrics, to the letter", () => {
  const families = readOpenMetrics(document);
  const scanner = 'plugin="novywave.waveform_scanner"';
  const sample = (family: string, name: string): number | undefined =>
    families.get(family)?.samples.get(name);
  expect(
    sample("novywave_plugin_traps", `novywave_plugin_traps_total{${scanner},export="handle-event"}`),
  ).toBe(1);
  expect(sample("novywave_plugin_restarts", `novywave_plugin_restarts_total{${scanner}}`)).toBe(1);
  expect(sample("novywave_plugin_shed", `novywave_plugin_shed_total{${scanner},what="logging.log"}`)).toBe(5);
  expect(sample("novywave_plugin_lifted_bytes", `novywave_plugin_lifted_bytes_total{${scanner}}`)).toBe(
    1_000,
  );
  const seconds = families.get("novywave_plugin_call_seconds");
  expect(seconds).toMatchObject({ type: "summary", unit: "seconds" });
  const handled = `${scanner},export="handle-event"`;
  expect(seconds?.samples.get(`novywave_plugin_call_seconds{${handled},quantile="0.99"}`)).toBe(2.5);
  expect(seconds?.samples.get(`novywave_plugin_call_seconds_count{${handled}}`)).toBe(2);
  expect(seconds?.samples.get(`novywave_plugin_call_seconds_sum{${handled}}`)).toBe(2.501);
  expect(
    sample("novywave_plugin_deaths", String.raw`novywave_plugin_deaths_total{plugin="a\"b\\c\nd{},"}`),
  ).toBe(0);
  expect(families.size).toBe(14);
});

test("nothing at all is OpenMetrics as well", () => {
  expect(readOpenMetrics(openMetrics({ plugins: [], files: {}, residentBytes: 0 })).size).toBe(14);
});

test.each([
  ["no end", "# TYPE a gauge\na 1\n"],
  ["a counter without its suffix", "# TYPE a counter\na 1\n# EOF\n"],
  ["a sample of another family", "# TYPE a gauge\nb 1\n# EOF\n"],
  ["a family in two parts", '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{x="1"} 1\n# EOF\n'],
  ["help after samples", "# TYPE a gauge\na 1\n# HELP a b\n# EOF\n"],
  ["a sample twice", '# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n# EOF\n'],
  ["a label twice", '# TYPE a gauge\na{x="1",x="2"} 1\n# EOF\n'],
  ["a raw quote", '# TYPE a gauge\na{x="1"2"} 1\n# EOF\n'],
  ["a unit that is not in the name", "# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n"],
  ["a negative counter", "# TYPE a counter\na_total -1\n# EOF\n"],
  ["no number", "# TYPE a gauge\na one\n# EOF\n"],
  ["an empty line", "# TYPE a gauge\n\na 1\n# EOF\n"],
])("the reader refuses %s", (_, text) => {
  expect(() => readOpenMetrics(text)).toThrow();
});
