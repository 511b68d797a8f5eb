`timescale 1ns / 1ns
// Counts, with enable, in binary, Gray code and as a ring; for Verilator.
module counter (
    input             clk,
    input             reset,
    input             enable,
    output reg [15:0] count,
    output     [15:0] gray,
    output reg  [3:0] ring,
    output            wraps
);
  assign gray = count ^ (count >> 1);
  assign wraps = &count[3:0] & enable;
  genvar g;
  generate
    for (g = 0; g < 2; g = g + 1) begin : stage
      reg [7:0] delayed;
      always @(posedge clk) delayed <= reset ? 8'd0 : count[7:0] + g;
    end
  endgenerate
  always @(posedge clk) begin
    if (reset) begin
      count <= 0; ring <= 4'b0001;
    end else if (enable) begin
      count <= count + 1;
      ring <= {ring[2:0], ring[3]};
    end
  end
endmodule
