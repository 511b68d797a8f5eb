import type { Result } from "@novywave/base";
import type { WaveformInfo } from "@novywave/waveform";
import type { Read } from "../files/file-reader.js";
import type { AccessFailure, FileFacts } from "../files/look-file.js";
import type { TrackedFile } from "../files/tracked-file.js";
import type { LoadedWaveform } from "../files/waveform-port.js";
import type { Discoveries, RelayState } from "../relays.js";

export interface TrackedFilesState {
  /** Written by the actor alone, in place: there may be tens of thousands. */
  readonly files: ReadonlyMap<string, TrackedFile>;
  readonly discovery: RelayState<Discoveries>["state"];
  /** Grows with each change of `files`. */
  readonly version: number;
}

export type TrackedFilesMessage =
  | { readonly kind: "discovered"; readonly discoveries: RelayState<Discoveries> }
  | { readonly kind: "rediscovered"; readonly pluginId: string }
  | { readonly kind: "refresh-asked"; readonly paths: readonly string[] }
  /** At or below these paths changes may have gone unseen. */
  | { readonly kind: "unseen"; readonly paths: readonly string[] }
  | { readonly kind: "open-asked"; readonly path: string }
  | { readonly kind: "close-asked"; readonly path: string }
  | { readonly kind: "look-due"; readonly path: string }
  /** A file that is gone may be back. */
  | { readonly kind: "missing-due"; readonly path: string }
  | {
      readonly kind: "looked";
      readonly path: string;
      readonly token: number;
      readonly result: Result<FileFacts, AccessFailure>;
    }
  | {
      readonly kind: "progressed";
      readonly path: string;
      readonly token: number;
      readonly read: number;
      readonly total: number;
    }
  /** The hierarchy of a file that is being read is known. */
  | {
      readonly kind: "early";
      readonly path: string;
      readonly token: number;
      readonly loaded: LoadedWaveform;
    }
  | ({ readonly kind: "opened"; readonly path: string; readonly token: number } & Read<LoadedWaveform>)
  | ({ readonly kind: "probed"; readonly path: string; readonly token: number } & Read<WaveformInfo>)
  | {
      readonly kind: "died";
      readonly path: string;
      readonly loaded: LoadedWaveform;
      readonly message: string;
    }
  | { readonly kind: "tell-due" }
  | { readonly kind: "ignored" };
