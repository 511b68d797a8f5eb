import { createInterface } from "node:readline";

/** Asks at the terminal. True only for a yes; Ctrl-C, Ctrl-D and everything else is a no. */
export async function confirm(
  question: string,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<boolean> {
  const terminal = createInterface({ input, output, terminal: true });
  try {
    const answer = await new Promise<string>((resolve) => {
      terminal.once("close", () => {
        output.write("\n");
        resolve("");
      });
      terminal.question(`${question} [y/N] `, (text) => {
        terminal.removeAllListeners("close");
        resolve(text);
      });
    });
    return /^y(es)?$/iu.test(answer.trim());
  } finally {
    terminal.close();
  }
}
