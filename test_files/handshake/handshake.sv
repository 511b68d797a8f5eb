`timescale 1ns / 1ns
// A producer and a consumer with a valid/ready handshake; their states are enumerations, so the viewer shows names.
module handshake (
    input logic clk,
    input logic reset
);
  typedef enum logic [1:0] {
    IDLE,
    SEND,
    WAIT_READY,
    DONE
  } producer_state_t;
  typedef enum logic [2:0] {
    EMPTY = 3'b001,
    BUSY  = 3'b010,
    FULL  = 3'b100
  } consumer_state_t;

  producer_state_t producer;
  consumer_state_t consumer;
  logic valid, ready;
  logic [31:0] data;
  logic [95:0] history;
  logic [7:0] delay;
  real load;

  assign valid = producer == SEND || producer == WAIT_READY;
  assign ready = consumer == EMPTY;

  always_ff @(posedge clk) begin
    if (reset) begin
      producer <= IDLE;
      data <= 32'h1234_5678;
    end else
      unique case (producer)
        IDLE: if (data[1:0] != 2'b11) producer <= SEND; else data <= data + 1;
        SEND: producer <= ready ? DONE : WAIT_READY;
        WAIT_READY: if (ready) producer <= DONE;
        DONE: begin
          producer <= IDLE;
          data <= {data[30:0], data[31] ^ data[21] ^ data[1] ^ data[0]};
        end
      endcase
  end

  always_ff @(posedge clk) begin
    if (reset) begin
      consumer <= EMPTY;
      delay <= 0;
      history <= 0;
      load <= 0.0;
    end else begin
      load <= load * 0.9 + (valid ? 0.1 : 0.0);
      unique case (consumer)
        EMPTY: if (valid) begin
          consumer <= BUSY;
          delay <= data[7:0] & 8'h0f;
          history <= {history[63:0], data};
        end
        BUSY: if (delay == 0) consumer <= FULL; else delay <= delay - 1;
        FULL: consumer <= EMPTY;
        default: consumer <= EMPTY;
      endcase
    end
  end
endmodule
