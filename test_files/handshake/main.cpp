// Runs the handshake for 2 000 cycles of 10 ns and writes its waveform.
#include "Vhandshake.h"
#include "verilated.h"
#include "verilated_fst_c.h"

int main(int argc, char** argv) {
  VerilatedContext context;
  context.traceEverOn(true);
  Vhandshake top{&context};
  VerilatedFstC trace;
  top.trace(&trace, 99);
  trace.open(argv[1]);
  top.reset = 1;
  for (int half = 0; half < 4000; half++) {
    top.clk = half & 1;
    if (half == 9) top.reset = 0;
    top.eval();
    trace.dump(static_cast<vluint64_t>(half) * 5);
  }
  trace.close();
  return 0;
}
