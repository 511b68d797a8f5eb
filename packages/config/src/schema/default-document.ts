/** The text that a new `.novywave` begins with: the plugins that ship with the program, on the folder of the file. */
export function defaultDocument(): string {
  return DOCUMENT;
}

const DOCUMENT = `# NovyWave keeps here what was set up for this folder. Edit it by hand if you like, also while the program runs:
# changes are picked up at once, and comments and order stay as you leave them.

[plugins]
schema_version = 1

# Shows its greeting as the status message.
[[plugins.entries]]
id = "novywave.hello_world"
enabled = true
artifact_path = "builtin:hello_world"
config = { greeting = "NovyWave" }

# Finds waveform files in these folders.
[[plugins.entries]]
id = "novywave.waveform_scanner"
enabled = true
artifact_path = "builtin:waveform_scanner"

[plugins.entries.config]
extensions = ["vcd", "fst", "ghw"]
directories = ["."]

[plugins.entries.watch]
directories = ["."]
debounce_ms = 250

# Refreshes the timeline when files change: after that many changes, or that many milliseconds.
[[plugins.entries]]
id = "novywave.auto_reload"
enabled = true
artifact_path = "builtin:auto_reload"

[plugins.entries.config]
directories = ["."]
batch_events = 10
batch_ms = 200

[plugins.entries.watch]
directories = ["."]
debounce_ms = 250
`;
