import { ok } from "@novywave/base";
import { openWaveform, type Waveform } from "@novywave/waveform";
import type { LoadedWaveform, OpenWaveform } from "./waveform-port.js";

/** Files above this are refused: their signals would not fit into memory. */
const maxBytes = 16 * 1024 * 1024 * 1024;

/** Reads with the readers of the waveform package, each file in a worker of its own. */
export const openInWorker: OpenWaveform = async (path, { signal, onProgress }) => {
  const opened = await openWaveform(path, {
    signal,
    maxBytes,
    // The look that allowed this path followed every link; what appears since then leads outside.
    noLinks: true,
    onProgress: ({ bytesRead, bytesTotal }) => onProgress(bytesRead, bytesTotal),
  });
  return opened.ok ? ok(adapt(opened.value)) : opened;
};

function adapt(waveform: Waveform): LoadedWaveform {
  return {
    info: waveform.info,
    onDied: waveform.onDied,
    scopes: (parent, offset, limit) =>
      waveform.scopes({ ...(parent !== undefined && { parent }), offset, limit }),
    variables: (query) => waveform.variables(query),
    resolve: async (names) => (await waveform.resolve(names)).map((variable) => variable ?? null),
    columns: (query) => waveform.columns(query),
    valuesAt: async (signals, time) => (await waveform.values(signals, time)).map((value) => value ?? null),
    transition: (signal, time, direction) => waveform.findTransition(signal, time, direction),
    async close() {
      waveform[Symbol.dispose]();
    },
  };
}
