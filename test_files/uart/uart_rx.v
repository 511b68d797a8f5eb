// Receives what uart_tx sends, sampling in the middle of each bit.
module uart_rx #(parameter DIVIDER = 8) (
    input            clk,
    input            reset,
    input            rx,
    output reg [7:0] data,
    output reg       valid
);
  localparam IDLE = 2'd0, START = 2'd1, DATA = 2'd2, STOP = 2'd3;
  reg [1:0] state;
  reg [2:0] bit_index;
  reg [3:0] ticks;

  always @(posedge clk) begin
    valid <= 1'b0;
    if (reset) begin
      state <= IDLE; ticks <= 0; bit_index <= 0;
    end else begin
      ticks <= ticks == DIVIDER - 1 ? 0 : ticks + 1;
      case (state)
        IDLE: if (!rx) begin state <= START; ticks <= 0; end
        START: if (ticks == DIVIDER / 2) begin state <= rx ? IDLE : DATA; ticks <= 0; bit_index <= 0; end
        DATA: if (ticks == DIVIDER - 1) begin
          data <= {rx, data[7:1]};
          bit_index <= bit_index + 1;
          if (bit_index == 7) state <= STOP;
        end
        STOP: if (ticks == DIVIDER - 1) begin state <= IDLE; valid <= 1'b1; end
      endcase
    end
  end
endmodule
