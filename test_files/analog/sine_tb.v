`timescale 1us / 1ns
// Real signals: a sine, a decaying oscillation, a ramp, and their samples as an eight-bit converter sees them.
module sine_tb;
  parameter real PI = 3.14159265358979;
  real t = 0.0;
  real sine = 0.0;
  real ringing = 0.0;
  real ramp = -1.0;
  reg sample_clock = 1'b0;
  reg signed [7:0] samples = 0;
  integer n;

  initial begin
    $dumpfile("sine.vcd");
    $dumpvars(0, sine_tb);
    for (n = 0; n < 1000; n = n + 1) begin
      #0.5 sample_clock = 1'b1;
      t = n * 1.0e-6;
      sine = $sin(2.0 * PI * n / 100.0);
      ringing = $exp(-n / 200.0) * $cos(2.0 * PI * n / 40.0);
      ramp = (n % 250) / 125.0 - 1.0;
      samples = $rtoi(sine * 127.0);
      #0.5 sample_clock = 1'b0;
    end
    $finish;
  end
endmodule
