import { ok } from "@novywave/base";
import { openWaveform, startDescriber, type Waveform } from "@novywave/waveform";
import type { DescribeWaveform, LoadedWaveform, OpenWaveform } from "./waveform-port.js";

/** Files above this are refused: reading them takes minutes, and each look at other signals as long again. */
const maxBytes = 16 * 1024 * 1024 * 1024;

/** Reads with the readers of the waveform package, each file in a worker of its own. */
export const openInWorker: OpenWaveform = async (path, { signal, onProgress, onEarly }) => {
  const opened = await openWaveform(path, {
    signal,
    maxBytes,
    // The look that allowed this path followed every link; what appears since then leads outside.
    noLinks: true,
    early: true,
    onProgress: ({ bytesRead, bytesTotal }) => onProgress(bytesRead, bytesTotal),
  });
  if (!opened.ok) return opened;
  const waveform = opened.value;
  const loaded = adapt(waveform);
  if (waveform.info.readUntil === undefined) return ok(loaded);
  const stop = (): void => waveform[Symbol.dispose]();
  signal.addEventListener("abort", stop, { once: true });
  onEarly?.(loaded);
  const finished = await waveform.finished;
  signal.removeEventListener("abort", stop);
  if (finished.ok) return ok(loaded);
  waveform[Symbol.dispose]();
  return finished;
};

/** Learns what files hold, in one thread of low priority for all of them. */
export function startDescribing(): Disposable & { readonly describe: DescribeWaveform } {
  const describer = startDescriber();
  return {
    describe: (path, { signal }) => describer.describe(path, { signal, maxBytes, noLinks: true }),
    [Symbol.dispose]: () => describer[Symbol.dispose](),
  };
}

function adapt(waveform: Waveform): LoadedWaveform {
  return {
    get info() {
      return waveform.info;
    },
    onDied: waveform.onDied,
    scopes: (parent, offset, limit) =>
      waveform.scopes({ ...(parent !== undefined && { parent }), offset, limit }),
    variables: (query) => waveform.variables(query),
    resolve: async (names) => (await waveform.resolve(names)).map((variable) => variable ?? null),
    columns: (query) => waveform.columns(query),
    valuesAt: async (signals, time) => (await waveform.values(signals, time)).map((value) => value ?? null),
    transition: (signal, time, direction) => waveform.findTransition(signal, time, direction),
    findValue: (query) => waveform.findValue(query),
    refresh: () => waveform.refresh(),
    async close() {
      waveform[Symbol.dispose]();
    },
  };
}
