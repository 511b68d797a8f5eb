import { z } from "zod";

// What the child sends is hostile, through adapters as well: see `broker/arguments.ts`.

const text = z.tuple([z.string()]);
const nothing = z.tuple([]);
const paths = z.array(z.string()).max(1_000_000);
const someFiles = z.tuple([paths]);
const watched = z.tuple([paths, z.int().min(0).max(0xffff_ffff)]);

/** Arguments of the functions of all worlds of NovyWave 0.2; those of one name have one type. */
export const adapterArguments = {
  "log-info": text,
  "log-error": text,
  "get-opened-files": nothing,
  "register-watched-files": watched,
  "clear-watched-files": nothing,
  "reload-waveform-files": someFiles,
  "register-watched-directories": watched,
  "clear-watched-directories": nothing,
  "open-waveform-files": someFiles,
  "get-config-toml": nothing,
} as const;
