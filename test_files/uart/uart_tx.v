// Sends one byte: start bit, eight data bits from the least significant one, stop bit.
module uart_tx #(parameter DIVIDER = 8) (
    input            clk,
    input            reset,
    input      [7:0] data,
    input            valid,
    output           ready,
    output reg       tx
);
  localparam IDLE = 2'd0, START = 2'd1, DATA = 2'd2, STOP = 2'd3;
  reg [1:0] state;
  reg [7:0] shift;
  reg [2:0] bit_index;
  reg [3:0] ticks;
  // Readable in a viewer with the ASCII format.
  reg [5*8:1] state_name;

  assign ready = state == IDLE;
  wire last_tick = ticks == DIVIDER - 1;

  always @* case (state)
    IDLE:    state_name = "IDLE";
    START:   state_name = "START";
    DATA:    state_name = "DATA";
    default: state_name = "STOP";
  endcase

  always @(posedge clk) begin
    if (reset) begin
      state <= IDLE; tx <= 1'b1; ticks <= 0; bit_index <= 0; shift <= 0;
    end else begin
      ticks <= last_tick ? 0 : ticks + 1;
      case (state)
        IDLE: begin
          tx <= 1'b1;
          ticks <= 0;
          if (valid) begin shift <= data; state <= START; tx <= 1'b0; end
        end
        START: if (last_tick) begin state <= DATA; tx <= shift[0]; bit_index <= 0; end
        DATA: if (last_tick) begin
          shift <= shift >> 1;
          bit_index <= bit_index + 1;
          tx <= shift[1];
          if (bit_index == 7) begin state <= STOP; tx <= 1'b1; end
        end
        STOP: if (last_tick) state <= IDLE;
      endcase
    end
  end
endmodule
