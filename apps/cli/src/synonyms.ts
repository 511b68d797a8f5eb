import { Command } from "commander";

/** What people type for a subcommand of `plugins`, from other tools or from the words of the panel. */
export const pluginSynonyms: Readonly<Record<string, string>> = {
  accept: "grant",
  allow: "grant",
  approve: "grant",
  consent: "grant",
  trust: "grant",
  deny: "revoke",
  disallow: "revoke",
  forget: "revoke",
  untrust: "revoke",
  delete: "remove",
  rm: "remove",
  uninstall: "remove",
  install: "add",
  ls: "list",
  status: "list",
  info: "describe",
  inspect: "describe",
  show: "describe",
  preview: "dry-run",
  lint: "check",
  validate: "check",
  verify: "check",
  run: "smoke",
  try: "smoke",
  off: "disable",
  stop: "disable",
  on: "enable",
  start: "enable",
  reload: "retry",
  restart: "retry",
  log: "logs",
  create: "new",
  generate: "new",
  init: "new",
  scaffold: "new",
  compile: "build",
  dev: "watch",
};

/** The same for commands of the program; those of `plugins` are found by their names as well. */
export const programSynonyms: Readonly<Record<string, string>> = {
  compare: "diff",
  convert: "export",
  info: "inspect",
  show: "inspect",
  open: "serve",
  run: "serve",
  start: "serve",
  view: "serve",
};

/**
 * Lets `parent` answer to words that are no commands with the one that was meant. They do nothing and no help lists
 * them; what only looks like a command is suggested by commander.
 */
export function addSynonyms(parent: Command, synonyms: Readonly<Record<string, string>>): void {
  const taken = new Set(parent.commands.map((command) => command.name()));
  for (const [word, meant] of Object.entries(synonyms))
    if (!taken.has(word)) parent.addCommand(synonym(word, meant), { hidden: true });
}

function synonym(word: string, meant: string): Command {
  return new Command(word)
    .description(`No command; ${meant} is.`)
    .helpOption(false)
    .allowUnknownOption()
    .argument("[rest...]", "what was to be done with it")
    .action((_rest: unknown, _options: unknown, command: Command) => {
      command.error(`error: unknown command '${word}'\n(Did you mean ${meant}?)`);
    });
}
