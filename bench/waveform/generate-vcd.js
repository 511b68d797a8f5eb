import { closeSync, openSync, writeSync } from "node:fs";

/**
 * Writes a VCD file of about `bytes` bytes with `signals` signals: a third of them vectors of 8 or 32 bits, the rest one
 * bit wide; at each time a part of them changes, in the order of their codes, as simulators write them.
 *
 * @param {string} path
 * @param {{ signals: number, bytes: number }} size
 */
export function generateVcd(path, { signals, bytes }) {
  const file = openSync(path, "w");
  let parts = [];
  let pending = 0;
  let total = 0;
  const isFull = () => total >= bytes;
  const flush = () => {
    writeSync(file, parts.join(""));
    parts = [];
    pending = 0;
  };
  const write = (text) => {
    parts.push(text);
    pending += text.length;
    total += text.length;
    if (pending > 1 << 20) flush();
  };
  let seed = 12_345;
  const random = (below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const codes = Array.from({ length: signals }, (_, signal) => codeOf(signal));
  const widths = new Uint8Array(signals);
  write("$version bench $end\n$timescale 1ps $end\n$scope module top $end\n");
  for (let i = 0; i < signals; i++) {
    if (i % 100 === 0) write(`${i === 0 ? "" : "$upscope $end\n"}$scope module block_${i / 100} $end\n`);
    widths[i] = i % 3 === 0 ? (i % 2 === 0 ? 8 : 32) : 1;
    write(
      `$var wire ${widths[i]} ${codes[i]} sig_${i} ${widths[i] > 1 ? `[${widths[i] - 1}:0] ` : ""}$end\n`,
    );
  }
  write("$upscope $end\n$upscope $end\n$enddefinitions $end\n#0\n$dumpvars\n");
  for (let i = 0; i < signals; i++) write(widths[i] > 1 ? `bx ${codes[i]}\n` : `x${codes[i]}\n`);
  write("$end\n");
  const bits = new Uint8Array(signals);
  for (let time = 500; !isFull(); time += 500) {
    write(`#${time}\n`);
    const stride = 2 + random(9);
    for (let i = random(stride); i < signals && !isFull(); i += 1 + random(2 * stride)) {
      if (widths[i] === 1) write(`${(bits[i] ^= 1)}${codes[i]}\n`);
      else write(`b${random(widths[i] === 8 ? 256 : 2 ** 24).toString(2)} ${codes[i]}\n`);
    }
  }
  flush();
  closeSync(file);
}

function codeOf(signal) {
  let code = "";
  for (let rest = signal; ; rest = Math.floor(rest / 94) - 1) {
    code += String.fromCharCode(33 + (rest % 94));
    if (rest < 94) return code;
  }
}
