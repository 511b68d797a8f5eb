`timescale 1ns / 1ps
// A message goes out over a line with an analog look and comes back; a shared bus is driven, released and left unknown.
module uart_tb;
  reg clk = 1'b0;
  reg reset = 1'b1;
  reg [7:0] data;
  reg valid = 1'b0;
  wire ready, tx;
  wire [7:0] received;
  wire received_valid;
  reg [31:0] cycle = 0;
  reg [63:0] checksum = 64'hcbf29ce484222325;
  reg bus_enable = 1'b0;
  wire [15:0] bus = bus_enable ? {received, data} : 16'hzzzz;
  // What an oscilloscope would show on the line.
  real line_voltage = 3.3;
  event byte_received;
  integer i;
  reg [8*12:1] message = "Hello, wave!";

  uart_tx tx_unit (.clk(clk), .reset(reset), .data(data), .valid(valid), .ready(ready), .tx(tx));
  uart_rx rx_unit (.clk(clk), .reset(reset), .rx(tx), .data(received), .valid(received_valid));

  always #5 clk = ~clk;

  always @(posedge clk) begin
    cycle <= cycle + 1;
    line_voltage = line_voltage + ((tx === 1'b0 ? 0.0 : 3.3) - line_voltage) * 0.45;
    if (received_valid) begin
      checksum <= (checksum ^ received) * 64'h100000001b3;
      -> byte_received;
    end
  end

  initial begin
    $dumpfile("uart.vcd");
    $dumpvars(0, uart_tb);
    #42 reset = 1'b0;
    for (i = 0; i < 12; i = i + 1) begin
      @(posedge clk);
      while (!ready) @(posedge clk);
      data <= message[8 * (12 - i) -: 8];
      valid <= 1'b1;
      bus_enable <= i % 3 != 2;
      @(posedge clk) valid <= 1'b0;
      @(posedge clk);
    end
    #1200 $finish;
  end
endmodule
