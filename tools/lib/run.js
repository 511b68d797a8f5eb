import { spawn } from "node:child_process";
import { at, root } from "./paths.js";

/**
 * Runs a program to its end and collects what it writes, in order.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, onOutput?: (chunk: Buffer) => void }} [options]
 * @returns {Promise<{ code: number, output: string }>} code 127 when the program cannot be started
 */
export function run(command, args, { env = {}, cwd = root, onOutput } = {}) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const take = (chunk) => {
      chunks.push(chunk);
      onOutput?.(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve({ code: 127, output: `${command}: ${error.message}\n` }));
    child.on("close", (code, signal) => {
      const output = Buffer.concat(chunks).toString();
      resolve({
        code: code ?? 1,
        output: signal ? `${output}\n${command} was ended by ${signal}\n` : output,
      });
    });
  });
}

/** Runs a JavaScript program of a dependency with this Node: `runScript("node_modules/typescript/bin/tsc", ["-b"])`. */
export function runScript(path, args, options) {
  return run(process.execPath, [at(path), ...args], options);
}

/** The npm that started us, else the one on PATH. */
export function runNpm(args, options) {
  const npm = process.env["npm_execpath"];
  return npm?.endsWith(".js") === true
    ? run(process.execPath, [npm, ...args], options)
    : run("npm", args, options);
}
