#!/bin/sh
# Makes every waveform in this folder again. Needs Icarus Verilog, Verilator and GHDL (Debian: iverilog verilator ghdl).
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The date of the run would make every build differ.
undate() { sed -i '/^\$date/,/^\$end/{/^\$date/!{/^\$end/!s/.*/\tThu Jan  1 00:00:00 2026/}}' "$1"; }

icarus() { # folder, top module, name of the dump
  (cd "$1" && iverilog -g2012 -s "$2" -o "$work/sim" ./*.v && vvp -n "$work/sim" >/dev/null && undate "$3.vcd" &&
    mv "$3.vcd" "$work/keep.vcd" && vvp -n "$work/sim" -fst >/dev/null && mv "$3.vcd" "$3.fst" && mv "$work/keep.vcd" "$3.vcd")
}
icarus uart uart_tb uart
icarus analog sine_tb sine

for kind in vcd fst; do
  flag=$([ $kind = fst ] && echo "--trace-fst -CFLAGS -DAS_FST" || echo --trace)
  # shellcheck disable=SC2086
  (cd counter && verilator --cc --exe --build $flag --Mdir "$work/$kind" --top-module counter -Wno-WIDTH counter.v "$PWD/main.cpp" >/dev/null)
  "$work/$kind/Vcounter" "counter/counter.$kind"
done
undate counter/counter.vcd
(cd handshake && verilator --cc --exe --build --trace-fst --Mdir "$work/handshake" --top-module handshake -Wno-WIDTH handshake.sv "$PWD/main.cpp" >/dev/null)
"$work/handshake/Vhandshake" handshake/handshake.fst

here=$PWD
(cd "$work" && ghdl -a --std=08 "$here/alu/deep/er/alu_tb.vhdl" && ghdl -e --std=08 alu_tb &&
  ghdl -r --std=08 alu_tb --wave=alu.ghw --vcd=alu.vcd --fst=alu.fst && undate alu.vcd)
mv "$work/alu.ghw" "$work/alu.vcd" "$work/alu.fst" alu/deep/er/

# What goes wrong in practice.
: > broken/empty.vcd
head -c 9000 uart/uart.vcd > broken/truncated.vcd
printf 'Meeting notes, not a waveform.\n\n- rerun the regression with the new seed\n- ask for more disk space\n' > broken/notes.vcd
