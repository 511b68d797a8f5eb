// A thread that reads segments of a VCD file for the thread of a waveform.
import { parentPort, workerData } from "node:worker_threads";
import { defined } from "@novywave/base";
import { readSegment, transferables, type SegmentSetup, type SegmentTask } from "./vcd/segment.js";

const port = defined(parentPort, "the port of the segment worker");
const setup: SegmentSetup = workerData;

port.on("message", (task: SegmentTask) => {
  const result = readSegment(setup, task);
  port.postMessage(result, transferables(result));
});
