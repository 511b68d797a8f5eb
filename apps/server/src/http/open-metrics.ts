import type { PluginMetrics } from "../plugins/plugin-metrics.js";

interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

export interface MetricsInput {
  readonly plugins: readonly PluginMetrics[];
  /** Number of files by state. */
  readonly files: Readonly<Record<string, number>>;
  readonly residentBytes: number;
}

/** The text exposition format of OpenMetrics 1.0. */
export function openMetrics({ plugins, files, residentBytes }: MetricsInput): string {
  const perPlugin = (value: (metrics: PluginMetrics) => number | undefined): Family["samples"] =>
    plugins.flatMap((metrics) => {
      const sample = value(metrics);
      return sample === undefined ? [] : [{ labels: { plugin: metrics.pluginId }, value: sample }];
    });
  const families: readonly Family[] = [
    {
      name: "novywave_plugin_calls",
      type: "counter",
      help: "Calls of exports by the running instance",
      samples: perPlugin(({ stats }) => stats?.calls),
    },
    {
      name: "novywave_plugin_errors",
      type: "counter",
      help: "Calls that answered with an error",
      samples: perPlugin(({ stats }) => stats?.errors),
    },
    {
      name: "novywave_plugin_deaths",
      type: "counter",
      help: "Instances that ended without having been asked to",
      samples: perPlugin(({ deaths }) => deaths),
    },
    {
      name: "novywave_plugin_starts",
      type: "counter",
      help: "Instances that became ready",
      samples: perPlugin(({ starts }) => starts),
    },
    {
      name: "novywave_plugin_memory_bytes",
      type: "gauge",
      help: "Linear memory of the running instance",
      samples: perPlugin(({ stats }) => stats?.memoryBytes),
    },
    {
      name: "novywave_plugin_queue_depth",
      type: "gauge",
      help: "Events that wait for the plugin",
      samples: perPlugin(({ stats }) => stats?.queueDepth),
    },
    {
      name: "novywave_plugin_call_seconds",
      type: "gauge",
      help: "Duration of recent calls by export",
      samples: plugins.flatMap(({ pluginId, stats }) =>
        Object.entries(stats?.exports ?? {}).flatMap(([name, { p50Ms, p99Ms }]) => [
          { labels: { plugin: pluginId, export: name, quantile: "0.5" }, value: p50Ms / 1_000 },
          { labels: { plugin: pluginId, export: name, quantile: "0.99" }, value: p99Ms / 1_000 },
        ]),
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
      help: "Memory of the server process",
      samples: [{ value: residentBytes }],
    },
  ];
  return `${families.map(family).join("")}# EOF\n`;
}

function family({ name, type, help, samples }: Family): string {
  const suffix = type === "counter" ? "_total" : "";
  const lines = samples.map(({ labels, value }) => `${name}${suffix}${labelSet(labels)} ${value}\n`);
  return `# TYPE ${name} ${type}\n# HELP ${name} ${help}\n${lines.join("")}`;
}

function labelSet(labels: Readonly<Record<string, string>> | undefined): string {
  if (!labels) return "";
  return `{${Object.entries(labels)
    .map(([key, value]) => `${key}="${escape(value)}"`)
    .join(",")}}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
