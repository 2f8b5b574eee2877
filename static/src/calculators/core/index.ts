/** The calculators that move packets and never look into them: mediapipe/calculators/core/. */

import type { CalculatorType } from "../../graph/calculator";
import { BEGIN_LOOPS } from "./begin_loop";
import { constantSidePacket } from "./constant_side_packet";
import { END_LOOPS } from "./end_loop";
import { flowLimiter } from "./flow_limiter";
import { gate } from "./gate";
import { immediateMux } from "./immediate_mux";
import { merge } from "./merge";
import { mux } from "./mux";
import { packetCloner } from "./packet_cloner";
import { packetPresence } from "./packet_presence";
import { packetResampler } from "./packet_resampler";
import { packetSequencer } from "./packet_sequencer";
import { packetThinner } from "./packet_thinner";
import { passThrough } from "./pass_through";
import { previousLoopback } from "./previous_loopback";
import { realTimeFlowLimiter } from "./real_time_flow_limiter";
import { roundRobinDemux } from "./round_robin_demux";
import { switchDemux } from "./switch_demux";
import { switchMux } from "./switch_mux";

export const CORE: readonly CalculatorType<unknown>[] = [
  ...BEGIN_LOOPS,
  ...END_LOOPS,
  constantSidePacket,
  flowLimiter,
  gate,
  immediateMux,
  merge,
  mux,
  packetCloner,
  packetPresence,
  packetResampler,
  packetSequencer,
  packetThinner,
  passThrough,
  previousLoopback,
  realTimeFlowLimiter,
  roundRobinDemux,
  switchDemux,
  switchMux,
];
