#include <memory>
#include "Vcounter.h"
#include "verilated.h"
#ifdef AS_FST
#include "verilated_fst_c.h"
using Trace = VerilatedFstC;
#else
#include "verilated_vcd_c.h"
using Trace = VerilatedVcdC;
#endif

// 500 cycles of 10 ns; reset for 3 of them; enable pauses for 20 of every 100.
int main(int argc, char** argv) {
  auto context = std::make_unique<VerilatedContext>();
  context->commandArgs(argc, argv);
  context->traceEverOn(true);
  auto top = std::make_unique<Vcounter>(context.get());
  auto trace = std::make_unique<Trace>();
  top->trace(trace.get(), 99);
  trace->open(argv[1]);
  for (int cycle = 0; cycle < 500; cycle++) {
    for (int half = 0; half < 2; half++) {
      top->clk = half;
      top->reset = cycle < 3;
      top->enable = cycle % 100 < 80;
      top->eval();
      trace->dump(context->time());
      context->timeInc(5);
    }
  }
  trace->close();
  return 0;
}
