/**
 * What each node of a run does, or waits for: why a graph does not go on. The same as pyweb_ml/runner/node_status.py.
 *
 * Names as in MediaPipe's GraphRuntimeInfo (mediapipe/framework/calculator.proto and graph_runtime_info.cc).
 */

import type { InputQueue } from "./input_queue";
import type { Node } from "./node";
import { Phase } from "./node";
import { splitEntries } from "./tag_map";

/** One input stream of a node. */
export interface StreamRuntimeInfo {
  readonly streamName: string;
  /** Packets that wait. */
  readonly queueSize: number;
  /** µs; of the first packet, or where there is none the stream's bound. */
  readonly minimumTimestampOrBound: number;
  /** The queue has reached its limit, and holds back what feeds it. */
  readonly isFull: boolean;
}

/** One node, in topological order of the graph. */
export interface NodeStatus {
  readonly nodeName: string;
  readonly calculator: string;
  /** "prepared": not opened yet. */
  readonly state: "prepared" | "opened" | "closed";
  /** Calls of the calculator that are running, or prepared. */
  readonly inFlight: number;
  /** In MediaPipe's order of inputs. */
  readonly inputStreamInfos: readonly StreamRuntimeInfo[];
  /** The input streams that keep an opened node from its next call; empty while it has one in flight. */
  readonly waitsFor: readonly string[];
  /** Those that keep it from opening. */
  readonly missingSidePackets: readonly string[];
  /** Of a source, the streams with full queues downstream. */
  readonly throttledBy: readonly string[];
}

/** `hasSide` says whether a side packet is there; `full` are the streams with full queues that the node feeds. */
export function nodeStatus(node: Node, hasSide: (name: string) => boolean, full: readonly string[]): Omit<NodeStatus, "nodeName"> {
  const { phase, config } = node;
  const sides = splitEntries(config.inputSidePacket).map(({ name }) => name);
  return {
    calculator: config.calculator,
    state: phase === Phase.Unopened ? "prepared" : phase === Phase.Closed ? "closed" : "opened",
    inFlight: node.inFlight,
    inputStreamInfos: node.queues.map(infoOf),
    waitsFor: phase === Phase.Idle ? node.missing().map(({ stream }) => stream) : [],
    missingSidePackets: phase === Phase.Unopened ? sides.filter((name) => !hasSide(name)) : [],
    throttledBy: full,
  };
}

function infoOf({ stream, length, timestampOrBound, isFull }: InputQueue): StreamRuntimeInfo {
  return { streamName: stream, queueSize: length, minimumTimestampOrBound: timestampOrBound, isFull };
}
