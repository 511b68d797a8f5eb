import type { ExportStats } from "@novywave/plugin-host";
import type { PluginMetrics } from "../plugins/plugin-metrics.js";

type Labels = Readonly<Record<string, string>>;

interface Sample {
  /** After the family's name: `_total` of a counter, `_count` and `_sum` of a summary. */
  readonly suffix?: "_total" | "_count" | "_sum";
  readonly labels?: Labels;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "summary";
  readonly help: string;
  readonly unit?: "bytes" | "seconds";
  readonly samples: readonly Sample[];
}

export interface MetricsInput {
  readonly plugins: readonly PluginMetrics[];
  /** Number of files by state. */
  readonly files: Readonly<Record<string, number>>;
  readonly residentBytes: number;
}

/** The text exposition format of OpenMetrics 1.0. */
export function openMetrics({ plugins, files, residentBytes }: MetricsInput): string {
  const counter = (value: (metrics: PluginMetrics) => number | undefined): readonly Sample[] =>
    perPlugin(plugins, value).map((sample) => ({ ...sample, suffix: "_total" }));
  const gauge = (value: (metrics: PluginMetrics) => number | undefined): readonly Sample[] =>
    perPlugin(plugins, value);
  const families: readonly Family[] = [
    {
      name: "novywave_plugin_calls",
      type: "counter",
      help: "Calls of exports",
      samples: perExport(plugins, ({ calls }) => calls),
    },
    {
      name: "novywave_plugin_errors",
      type: "counter",
      help: "Calls that answered with an error",
      samples: perExport(plugins, ({ errors }) => errors),
    },
    {
      name: "novywave_plugin_traps",
      type: "counter",
      help: "Calls during which the plugin ended: traps, deadlines, limits",
      samples: perExport(plugins, ({ traps }) => traps),
    },
    {
      name: "novywave_plugin_deaths",
      type: "counter",
      help: "Instances that ended without having been asked to",
      samples: counter(({ deaths }) => deaths),
    },
    {
      name: "novywave_plugin_restarts",
      type: "counter",
      help: "Instances that became ready after the first",
      samples: counter(({ starts }) => Math.max(0, starts - 1)),
    },
    {
      name: "novywave_plugin_host_calls",
      type: "counter",
      help: "Calls of the plugin into the host",
      samples: counter(({ stats }) => stats?.hostCalls),
    },
    {
      name: "novywave_plugin_denied",
      type: "counter",
      help: "Uses of a capability, folder or channel that was not granted",
      samples: counter(({ stats }) => stats?.denied),
    },
    {
      name: "novywave_plugin_shed",
      type: "counter",
      help: "What was turned away because a limit was reached, by what it was",
      samples: plugins.flatMap(({ pluginId, stats }) =>
        Object.entries(stats?.shed ?? {}).map(([what, value]): Sample => ({
          suffix: "_total",
          labels: { plugin: pluginId, what },
          value,
        })),
      ),
    },
    {
      name: "novywave_plugin_lifted_bytes",
      type: "counter",
      unit: "bytes",
      help: "Bytes lifted out of the plugin",
      samples: counter(({ stats }) => stats?.liftedBytes),
    },
    {
      name: "novywave_plugin_memory_bytes",
      type: "gauge",
      unit: "bytes",
      help: "Linear memory of the running instance",
      samples: gauge(({ stats }) => stats?.memoryBytes),
    },
    {
      name: "novywave_plugin_queue_depth",
      type: "gauge",
      help: "Events that wait for the plugin",
      samples: gauge(({ stats }) => stats?.queueDepth),
    },
    {
      name: "novywave_plugin_call_seconds",
      type: "summary",
      unit: "seconds",
      help: "Duration of calls by export; quantiles are of the last 256",
      samples: plugins.flatMap(({ pluginId, stats }) =>
        Object.entries(stats?.exports ?? {}).flatMap(([name, each]) => durations(pluginId, name, each)),
      ),
    },
    {
      name: "novywave_files",
      type: "gauge",
      help: "Waveform files by state",
      samples: Object.entries(files).map(([state, value]) => ({ labels: { state }, value })),
    },
    {
      name: "novywave_resident_memory_bytes",
      type: "gauge",
      unit: "bytes",
      help: "Memory of the server process",
      samples: [{ value: residentBytes }],
    },
  ];
  return `${families.map(family).join("")}# EOF\n`;
}

function perPlugin(
  plugins: readonly PluginMetrics[],
  value: (metrics: PluginMetrics) => number | undefined,
): readonly Sample[] {
  return plugins.flatMap((metrics) => {
    const sample = value(metrics);
    return sample === undefined ? [] : [{ labels: { plugin: metrics.pluginId }, value: sample }];
  });
}

function perExport(
  plugins: readonly PluginMetrics[],
  value: (stats: ExportStats) => number,
): readonly Sample[] {
  return plugins.flatMap(({ pluginId, stats }) =>
    Object.entries(stats?.exports ?? {}).map(([name, each]): Sample => ({
      suffix: "_total",
      labels: { plugin: pluginId, export: name },
      value: value(each),
    })),
  );
}

function durations(plugin: string, name: string, { p50Ms, p99Ms, calls, sumMs }: ExportStats): Sample[] {
  const labels = { plugin, export: name };
  return [
    { labels: { ...labels, quantile: "0.5" }, value: p50Ms / 1_000 },
    { labels: { ...labels, quantile: "0.99" }, value: p99Ms / 1_000 },
    { suffix: "_count", labels, value: calls },
    { suffix: "_sum", labels, value: sumMs / 1_000 },
  ];
}

function family({ name, type, unit, help, samples }: Family): string {
  const lines = samples.map(
    ({ suffix = "", labels, value }) => `${name}${suffix}${labelSet(labels)} ${value}\n`,
  );
  const unitLine = unit === undefined ? "" : `# UNIT ${name} ${unit}\n`;
  return `# TYPE ${name} ${type}\n${unitLine}# HELP ${name} ${escape(help)}\n${lines.join("")}`;
}

function labelSet(labels: Labels | undefined): string {
  if (!labels) return "";
  return `{${Object.entries(labels)
    .map(([key, value]) => `${key}="${escape(value)}"`)
    .join(",")}}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
